/**
 * What we read of Kubernetes objects, and nothing else of them. Everything that can be absent is optional: stand-ins for
 * an API server leave much out.
 */
export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubeObject {
  readonly kind?: string;
  readonly metadata?: Metadata;
}

/** v1; deprecated since Kubernetes 1.33, still served. */
export interface Endpoints extends KubeObject {
  readonly subsets?: readonly EndpointSubset[] | null;
}

export interface EndpointSubset {
  /** Only those that are ready. */
  readonly addresses?: readonly EndpointAddress[] | null;
  readonly ports?: readonly EndpointPort[] | null;
}

export interface EndpointAddress {
  readonly ip: string;
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

export interface EndpointPort {
  /** The Service's name of the port; absent or empty where it has none. */
  readonly name?: string;
  readonly port?: number | null;
  /** TCP if absent. */
  readonly protocol?: string;
}

export interface ObjectReference {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** discovery.k8s.io/v1 */
export interface EndpointSlice extends KubeObject {
  readonly addressType?: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints?: readonly SliceEndpoint[] | null;
  readonly ports?: readonly EndpointPort[] | null;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  /** `ready` absent means ready. */
  readonly conditions?: { readonly ready?: boolean | null };
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

/** v1 */
export interface Service extends KubeObject {
  readonly spec?: { readonly ports?: readonly ServicePort[] | null };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly ExternalAddress[] | null } };
}

/** Where a load balancer outside the cluster is reached: one of the two. */
export interface ExternalAddress {
  readonly ip?: string;
  readonly hostname?: string;
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  /** A number, the name of a container's port, or absent for the same number as `port`. */
  readonly targetPort?: number | string;
}

/** v1 */
export interface Pod extends KubeObject {
  readonly spec?: { readonly serviceAccountName?: string };
}

/** v1 */
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

/** v1; of the type `kubernetes.io/tls` with `tls.crt` and `tls.key`, in base64. */
export interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

/** networking.k8s.io/v1; `backend` and its members also as extensions/v1beta1 had them. */
export interface IngressObject extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: BackendObject;
    readonly backend?: BackendObject;
    readonly rules?: readonly IngressRuleObject[] | null;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[] | null;
  };
}

export interface IngressRuleObject {
  readonly host?: string;
  readonly http?: {
    readonly paths?:
      | readonly { readonly path?: string; readonly pathType?: string; readonly backend?: BackendObject }[]
      | null;
  };
}

export interface BackendObject {
  readonly service?: { readonly name?: string; readonly port?: { readonly name?: string; readonly number?: number } };
  readonly serviceName?: string;
  readonly servicePort?: number | string;
}

/** networking.k8s.io/v1 */
export interface IngressClassObject extends KubeObject {
  readonly spec?: { readonly controller?: string };
}
