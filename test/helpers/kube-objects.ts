/** A Kubernetes object of one of the kinds in `plurals`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: keyof typeof plurals;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

const plurals = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ConfigMap: 'configmaps',
  EndpointSlice: 'endpointslices',
  Endpoints: 'endpoints',
  Ingress: 'ingresses',
  IngressClass: 'ingressclasses',
  Namespace: 'namespaces',
  Pod: 'pods',
  Secret: 'secrets',
  Service: 'services',
};

/** Path of an object under the API's root. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const space = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${group}${space}/${plurals[kind]}/${metadata.name}`;
}

export interface Replica {
  readonly ip: string;
  readonly ready?: boolean;
  readonly node?: string;
  readonly pod?: string;
}

/** A part of the replicas of a Service; ports by the Service's names for them. */
export function slice(
  service: string,
  name: string,
  replicas: readonly Replica[],
  ports: Readonly<Record<string, number>> = { http: 8080 },
  namespace = 'default',
): Manifest {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, protocol: 'TCP' })),
    endpoints: replicas.map(({ ip, ready = true, node, pod }) => ({
      addresses: [ip],
      conditions: { ready },
      ...(node !== undefined && { nodeName: node }),
      ...(pod !== undefined && { targetRef: { kind: 'Pod', name: pod, namespace } }),
    })),
  };
}

export function service(name: string, ports: readonly object[], namespace = 'default'): Manifest {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports } };
}

export function endpoints(name: string, ips: readonly string[], port: number): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace: 'default' },
    subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port, protocol: 'TCP' }] }],
  };
}

export function pod(name: string, labels: Readonly<Record<string, string>>, serviceAccountName?: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: {
      containers: [{ name: 'app', image: 'example.org/app' }],
      ...(serviceAccountName !== undefined && { serviceAccountName }),
    },
  };
}
