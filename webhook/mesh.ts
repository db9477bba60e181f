import type { LinkedMode } from '#core/pod-marks.ts';
import type { LinkerConfig } from './linker-config.ts';

export type Mode = LinkedMode | 'none';
export const modes: readonly Mode[] = ['sidecar', 'node', 'none'];

/** Where app containers find their linker: an address known now, or one the kubelet knows when the pod starts. */
export type ProxyHost =
  | { readonly kind: 'literal'; readonly host: string }
  | { readonly kind: 'field'; readonly variable: string; readonly fieldPath: string; readonly ipv6: boolean };

/** What an installed mesh decides for all its pods. */
export interface Mesh {
  readonly version: string;
  /** The mesh's own namespace, never injected. */
  readonly namespace: string;
  readonly defaultMode: Mode;
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** An init container with restartPolicy Always (Kubernetes 1.29 and later), or a plain container placed last. */
  readonly nativeSidecar: boolean;
  readonly resources: Resources;
  readonly sidecarHost: ProxyHost;
  readonly nodeHost: ProxyHost;
  /** Write HTTP_PROXY and NO_PROXY beside the lower-case variables. */
  readonly upperCaseEnv: boolean;
  /** Hosts that are never sent through a linker. */
  readonly noProxy: readonly string[];
  /** Secret in the pod's namespace with tls.crt, tls.key and ca.crt; '' where the linkers' configuration uses no TLS. */
  readonly tlsSecret: string;
}

export interface Resources {
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
}

/** The linkers' configurations that operators edit. */
export interface Linkers {
  readonly sidecar: LinkerConfig;
  readonly node: LinkerConfig;
}

/** The container, and the node linkers' Service. */
export const linkerName = 'heddle-linker';
/** The sidecar's files: its configuration and certificates. */
export const linkerVolume = 'heddle-linker';
/** The sidecar's way to the API server, there whether or not the pod mounts its token. */
export const kubeApiVolume = 'heddle-kube-api';

/** The address of the linker of the pod's own node, behind a Service with `internalTrafficPolicy: Local`. */
export const nodeService = (namespace: string, clusterDomain: string): ProxyHost => ({
  kind: 'literal',
  host: `${linkerName}.${namespace}.svc.${clusterDomain}`,
});

/** The host port of the linker of the pod's own node. */
export const nodeHostPort = (ipv6: boolean): ProxyHost => ({
  kind: 'field',
  variable: 'HEDDLE_HOST_IP',
  fieldPath: 'status.hostIP',
  ipv6,
});

/** The pod's own address, where the containers of a pod do not share their loopback interface. */
export const podAddress = (ipv6: boolean): ProxyHost => ({
  kind: 'field',
  variable: 'HEDDLE_POD_IP',
  fieldPath: 'status.podIP',
  ipv6,
});

export const loopback: ProxyHost = { kind: 'literal', host: '127.0.0.1' };
