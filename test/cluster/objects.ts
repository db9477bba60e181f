import type { ApiServer } from './api-server.ts';

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
  EndpointSlice: 'endpointslices',
  Endpoints: 'endpoints',
  Namespace: 'namespaces',
  Pod: 'pods',
  Service: 'services',
};

/** Path of an object under the API's root. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const space = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${group}${space}/${plurals[kind]}/${metadata.name}`;
}

/** Applies objects on the server's side, much faster than kubectl does. */
export async function apply(api: ApiServer, ...objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) {
    const path = `${pathOf(object)}?fieldManager=test&force=true`;
    await api.send('PATCH', path, object, 'application/apply-patch+yaml');
  }
}

export async function remove(api: ApiServer, ...objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) await api.send('DELETE', pathOf(object));
}

/** Lets subjects get, list and watch resources everywhere; `<group>/<resource>`, or the resource alone for the core group. */
export async function grant(
  api: ApiServer,
  name: string,
  subject:
    | { readonly kind: 'User'; readonly name: string }
    | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string },
  ...resources: readonly string[]
): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const rules = resources.map((text) => {
    const [resource = '', group = ''] = text.split('/').reverse();
    return { apiGroups: [group], resources: [resource], verbs: ['get', 'list', 'watch'] };
  });
  await apply(
    api,
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [subject.kind === 'User' ? { ...subject, apiGroup: rbac } : subject],
    },
  );
}

export interface Replica {
  readonly ip: string;
  readonly ready?: boolean;
  readonly node?: string;
  readonly pod?: string;
}

/** A part of the replicas of a Service in `default`; ports by the Service's names for them. */
export function slice(
  service: string,
  name: string,
  replicas: readonly Replica[],
  ports: Readonly<Record<string, number>> = { http: 8080 },
): Manifest {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, protocol: 'TCP' })),
    endpoints: replicas.map(({ ip, ready = true, node, pod }) => ({
      addresses: [ip],
      conditions: { ready },
      ...(node !== undefined && { nodeName: node }),
      ...(pod !== undefined && { targetRef: { kind: 'Pod', name: pod, namespace: 'default' } }),
    })),
  };
}

export function service(name: string, ports: readonly object[]): Manifest {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { ports } };
}

export function endpoints(name: string, ips: readonly string[], port: number): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace: 'default' },
    subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port, protocol: 'TCP' }] }],
  };
}
