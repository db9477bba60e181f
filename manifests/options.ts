/** Any Kubernetes object, ready to be written as YAML. */
export type Manifest = { readonly apiVersion: string; readonly kind: string; readonly metadata: object } & Readonly<
  Record<string, unknown>
>;

/** What an installation is made of. */
export interface InstallOptions {
  readonly version: string;
  readonly namespace: string;
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
  readonly injector: {
    readonly replicas: number;
    readonly failurePolicy: 'Ignore' | 'Fail';
    /** Options of the mesh for its command line. */
    readonly args: readonly string[];
    /** `https://host:port`, where the API server reaches the injector without its Service. */
    readonly url?: string | undefined;
  };
  /** The configurations that operators edit. */
  readonly linkers: { readonly sidecar: string; readonly node: string };
  readonly nodeLinker?: NodeLinkerOptions | undefined;
  /** Namespaces whose pods may have sidecars: their service accounts may read what routing needs. */
  readonly sidecarNamespaces: readonly string[];
  readonly tls: TlsOptions;
}

export interface NodeLinkerOptions {
  readonly outgoingPort: number;
  readonly incomingPort: number;
  readonly adminPort: number;
  /** Also on a port of the node. */
  readonly hostPort: boolean;
  /** Changes with the configuration, so that pods are replaced when it does. */
  readonly configHash: string;
}

/** The Secret with the certificate that linkers show each other; '' for none. */
export interface TlsOptions {
  readonly secret: string;
  /** PEM; absent where someone else makes the Secrets. */
  readonly files?: { readonly cert: string; readonly key: string; readonly ca: string } | undefined;
}

export const injectorName = 'heddle-injector';
export const linkerName = 'heddle-linker';
export const injectorSecret = 'heddle-injector-tls';
export const linkerConfigMap = 'heddle-linker-config';

export const labelsOf = (name: string, version: string): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'heddle',
  'app.kubernetes.io/version': version,
});

export const selectorOf = (name: string): Record<string, string> => ({ 'app.kubernetes.io/name': name });

/** Pod Security "restricted"; the image says which user. */
export const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
