import { type InstallOptions, labelsOf, linkerConfigMap, type Manifest } from './options.ts';

/** The mesh's namespace. No pod in it needs more than Pod Security "restricted" allows, unless host ports are asked for. */
export function meshNamespace({ namespace, version, nodeLinker }: InstallOptions): Manifest {
  const level = nodeLinker?.hostPort === true ? 'privileged' : 'restricted';
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: { ...labelsOf('heddle', version), 'pod-security.kubernetes.io/enforce': level },
    },
  };
}

/** What operators edit. The injector follows it; the linkers of nodes are replaced by the next `kubectl apply`. */
export function linkerConfigs({ namespace, version, linkers }: InstallOptions): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: linkerConfigMap, namespace, labels: labelsOf('heddle', version) },
    data: { 'sidecar.yaml': linkers.sidecar, 'node.yaml': linkers.node },
  };
}

/** The linkers' certificate in every namespace that has linkers. */
export function linkerSecrets({ namespace, version, sidecarNamespaces, nodeLinker, tls }: InstallOptions): Manifest[] {
  const { secret, files } = tls;
  if (secret === '' || files === undefined) return [];
  const places = new Set([...(nodeLinker === undefined ? [] : [namespace]), ...sidecarNamespaces]);
  return [...places].map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret, namespace: name, labels: labelsOf('heddle', version) },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': files.cert, 'tls.key': files.key, 'ca.crt': files.ca },
  }));
}
