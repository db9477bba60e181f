import type { Scene } from '../decide.ts';
import { kubeApiVolume, linkerName, linkerVolume } from '../mesh.ts';
import { type AddOperation, append, insertFront } from '../patch.ts';
import { tokenDirectory, tokenVolume } from './volumes.ts';

/** Where the linker finds what the pod's volumes show it. */
export const linkerDirectory = '/etc/heddle';

/**
 * The sidecar. As a native sidecar it comes first, so that other init containers have it; as a plain container it comes
 * last, so that `kubectl logs` and `exec` still mean the app.
 */
export function linkerContainer({ pod, mesh, linkers }: Scene): AddOperation[] {
  const spec = pod.spec ?? {};
  const present = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].some((c) => c.name === linkerName);
  if (present) return [];
  const { adminPort } = linkers.sidecar;
  const ping = { path: '/admin/ping', port: adminPort };
  const container = {
    name: linkerName,
    image: mesh.image,
    ...(mesh.imagePullPolicy === undefined ? {} : { imagePullPolicy: mesh.imagePullPolicy }),
    ...(mesh.nativeSidecar ? { restartPolicy: 'Always' } : {}),
    args: ['linker', `${linkerDirectory}/linker.yaml`],
    ports: [{ name: 'heddle-admin', containerPort: adminPort }],
    resources: {
      requests: { cpu: mesh.resources.cpuRequest, memory: mesh.resources.memoryRequest },
      limits: { memory: mesh.resources.memoryLimit },
    },
    // All that Pod Security "restricted" asks for; the user comes from the image or from the namespace's range.
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // The kubelet holds back the app until this has passed once (native sidecars only).
    startupProbe: { httpGet: ping, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { httpGet: ping },
    volumeMounts: [
      { name: linkerVolume, mountPath: linkerDirectory },
      { name: tokenVolume(pod) ?? kubeApiVolume, mountPath: tokenDirectory },
    ],
  };
  return mesh.nativeSidecar
    ? insertFront(['spec', 'initContainers'], spec.initContainers, [container])
    : append(['spec', 'containers'], spec.containers, [container]);
}
