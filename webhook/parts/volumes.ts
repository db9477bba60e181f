import { marks } from '#core/pod-marks.ts';
import type { Scene } from '../decide.ts';
import { kubeApiVolume, linkerVolume } from '../mesh.ts';
import { type AddOperation, append } from '../patch.ts';
import type { Pod } from '../pod.ts';

/** Where a pod's token and the API server's CA are by convention. */
export const tokenDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The volume that the API server gave the pod for its token; none where the pod or its account asks for none. */
export function tokenVolume(pod: Pod): string | undefined {
  for (const container of pod.spec?.containers ?? []) {
    const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === tokenDirectory);
    if (mount !== undefined) return mount.name;
  }
  return undefined;
}

/**
 * What the sidecar reads. The configuration is an annotation of the pod shown as a file, so that it reaches every
 * namespace without a copy of a ConfigMap there. Certificates come from a Secret of the pod's namespace. Where the pod
 * has no token the sidecar gets one of its own, which the app does not see.
 */
export function linkerVolumes({ pod, mesh }: Scene): AddOperation[] {
  const existing = pod.spec?.volumes;
  const secret = mesh.tlsSecret === '' ? [] : [{ secret: { name: mesh.tlsSecret } }];
  const wanted = [
    { name: linkerVolume, projected: { sources: [linkerConfig, ...secret] } },
    ...(tokenVolume(pod) === undefined ? [{ name: kubeApiVolume, projected: { sources: kubeApi } }] : []),
  ];
  return append(
    ['spec', 'volumes'],
    existing,
    wanted.filter(({ name }) => !existing?.some((volume) => volume.name === name)),
  );
}

const linkerConfig = {
  downwardAPI: {
    items: [{ path: 'linker.yaml', fieldRef: { fieldPath: `metadata.annotations['${marks.linkerConfig}']` } }],
  },
};

const kubeApi = [
  { serviceAccountToken: { path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
];
