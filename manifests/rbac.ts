import { type InstallOptions, injectorName, injectorSecret, labelsOf, linkerName, type Manifest } from './options.ts';

const rbac = 'rbac.authorization.k8s.io';

/** The injector reads namespaces, fills its one Secret and the caBundle of its one webhook configuration. */
export function injectorRights({ namespace, version }: InstallOptions): Manifest[] {
  const labels = labelsOf(injectorName, version);
  const subjects = [{ kind: 'ServiceAccount', name: injectorName, namespace }];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: injectorName, namespace, labels } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: injectorName, labels },
      rules: [
        { apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
        {
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations'],
          resourceNames: [injectorName],
          verbs: ['get', 'patch'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: injectorName, labels },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: injectorName },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: injectorName, namespace, labels },
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [injectorSecret], verbs: ['get', 'patch'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: injectorName, namespace, labels },
      roleRef: { apiGroup: rbac, kind: 'Role', name: injectorName },
      subjects,
    },
    // Made here and filled by the injector, which so needs no right to make Secrets.
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: injectorSecret, namespace, labels }, type: 'Opaque' },
  ];
}

/**
 * Linkers read where requests can go, and how each pod is linked. A sidecar acts as its pod's service account, so those
 * of the namespaces with sidecars are given the same.
 */
export function linkerRights({ namespace, version, sidecarNamespaces }: InstallOptions): Manifest[] {
  const labels = labelsOf(linkerName, version);
  const verbs = ['get', 'list', 'watch'];
  const groups = [...new Set(sidecarNamespaces)].map((name) => ({
    apiGroup: rbac,
    kind: 'Group',
    name: `system:serviceaccounts:${name}`,
  }));
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: linkerName, namespace, labels } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: linkerName, labels },
      rules: [
        { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: linkerName, labels },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: linkerName },
      subjects: [{ kind: 'ServiceAccount', name: linkerName, namespace }, ...groups],
    },
  ];
}
