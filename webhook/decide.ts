import { type LinkedMode, marks } from '#core/pod-marks.ts';
import { kubeApiVolume, type Linkers, linkerName, linkerVolume, type Mesh, type Mode, modes } from './mesh.ts';
import type { Container, Pod, PodSpec, Strings } from './pod.ts';
import { type Finding, finding } from './reasons.ts';
import { readStatus } from './status.ts';

/** All that an answer depends on. */
export interface Scene {
  readonly pod: Pod;
  readonly namespace: Namespace;
  readonly mesh: Mesh;
  readonly linkers: Linkers;
}

export interface Namespace {
  readonly name: string;
  readonly labels: Strings;
  readonly annotations: Strings;
}

export type Decision =
  | { readonly kind: 'inject'; readonly mode: LinkedMode }
  | { readonly kind: 'skip'; readonly why: Finding };

/** A rule speaks up when the pod is to be left alone. `mode` is what the pod asks for. */
export interface Rule {
  readonly name: string;
  readonly objects: (scene: Scene, mode: Mode) => Finding | undefined;
}

export const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Containers by which other meshes are known. */
export const otherMeshes: ReadonlySet<string> = new Set([
  'linkerd-proxy',
  'linkerd-init',
  'istio-proxy',
  'istio-init',
  'istio-validation',
  'kuma-sidecar',
  'kuma-init',
  'envoy-sidecar',
  'consul-dataplane',
  'consul-connect-inject-init',
]);

/** In order: the first that objects decides. Who asked comes before what is possible. */
export const rules: readonly Rule[] = [
  {
    name: "namespace is not the system's",
    objects: ({ namespace, mesh }) =>
      systemNamespaces.includes(namespace.name) || namespace.name === mesh.namespace
        ? finding('system-namespace', namespace.name)
        : undefined,
  },
  {
    name: 'pod is not a mirror pod',
    objects: ({ pod }) => ('kubernetes.io/config.mirror' in annotations(pod) ? finding('mirror-pod') : undefined),
  },
  {
    name: 'pod or namespace opts in',
    objects: ({ pod, namespace }) => optedOut(labels(pod)[marks.inject], namespace.labels[marks.inject]),
  },
  { name: 'mode is known', objects: (scene) => askedMode(scene).invalid },
  { name: 'mode is not none', objects: (_, mode) => (mode === 'none' ? finding('mode-none') : undefined) },
  { name: 'pod has containers', objects: ({ pod }) => (apps(pod).length === 0 ? finding('no-containers') : undefined) },
  {
    name: 'no other mesh is there',
    objects: ({ pod }) => firstOf(all(pod), (c) => otherMeshes.has(c.name), 'other-mesh'),
  },
  { name: 'host network can be served', objects: hostNetwork },
  {
    name: 'the linker runs on its system',
    objects: ({ pod }, mode) =>
      mode === 'sidecar' &&
      (pod.spec?.os?.name === 'windows' || pod.spec?.nodeSelector?.['kubernetes.io/os'] === 'windows')
        ? finding('windows')
        : undefined,
  },
  {
    name: 'the pod can complete',
    objects: ({ pod, mesh }, mode) =>
      mode === 'sidecar' && !mesh.nativeSidecar && (pod.spec?.restartPolicy ?? 'Always') !== 'Always'
        ? finding('job-needs-native-sidecar')
        : undefined,
  },
  { name: 'names are free', objects: nameTaken },
  { name: 'ports are free', objects: portConflict },
];

/** Whether and how a pod joins the mesh. Pure. */
export function decide(scene: Scene): Decision {
  const mode = askedMode(scene).mode;
  for (const rule of rules) {
    const why = rule.objects(scene, mode);
    if (why !== undefined) return { kind: 'skip', why };
  }
  return mode === 'none' ? { kind: 'skip', why: finding('mode-none') } : { kind: 'inject', mode };
}

/** The mode a pod is in already: our status is there and so is what it speaks of (either alone may be a copy). */
export function joinedMode(pod: Pod): LinkedMode | undefined {
  const status = readStatus(annotations(pod)[marks.status]);
  if (status === undefined) return undefined;
  const there =
    status.mode === 'sidecar'
      ? all(pod).some((c) => c.name === linkerName)
      : all(pod).some((c) => c.env?.some((v) => v.name === 'http_proxy'));
  return there ? status.mode : undefined;
}

export const labels = (pod: Pod): Strings => pod.metadata?.labels ?? {};
export const annotations = (pod: Pod): Strings => pod.metadata?.annotations ?? {};
export const apps = (pod: Pod): readonly Container[] => pod.spec?.containers ?? [];
export const inits = (pod: Pod): readonly Container[] => pod.spec?.initContainers ?? [];
const all = (pod: Pod): readonly Container[] => [...inits(pod), ...apps(pod)];

function optedOut(pod: string | undefined, namespace: string | undefined): Finding | undefined {
  if (pod === 'enabled') return undefined;
  if (pod === 'disabled') return finding('pod-disabled');
  if (pod !== undefined) return finding('invalid-pod-label', JSON.stringify(pod));
  if (namespace === 'enabled') return undefined;
  if (namespace === 'disabled') return finding('namespace-disabled');
  if (namespace !== undefined) return finding('invalid-namespace-label', JSON.stringify(namespace));
  return finding('not-enabled');
}

/** The pod's word, else its namespace's, else the mesh's; but a pod that has joined keeps the mode it is in. */
function askedMode({ pod, namespace, mesh }: Scene): { readonly mode: Mode; readonly invalid?: Finding } {
  const joined = joinedMode(pod);
  if (joined !== undefined) return { mode: joined };
  const own = annotations(pod)[marks.mode];
  const asked = own ?? namespace.annotations[marks.mode] ?? mesh.defaultMode;
  const mode = modes.find((m) => m === asked);
  if (mode !== undefined) return { mode };
  return {
    mode: 'none',
    invalid: finding('invalid-mode', `${JSON.stringify(asked)} on the ${own === undefined ? 'namespace' : 'pod'}`),
  };
}

function hostNetwork({ pod, mesh }: Scene, mode: Mode): Finding | undefined {
  if (pod.spec?.hostNetwork !== true) return undefined;
  if (mode === 'sidecar') return finding('host-network');
  // Such a pod asks the node's resolver, which knows no Services, unless it says otherwise.
  const resolves =
    mesh.nodeHost.kind === 'field' || pod.spec.dnsPolicy === 'ClusterFirstWithHostNet' || pod.spec.dnsPolicy === 'None';
  return resolves ? undefined : finding('host-network-dns');
}

function nameTaken({ pod }: Scene, mode: Mode): Finding | undefined {
  if (mode !== 'sidecar' || joinedMode(pod) !== undefined) return undefined;
  const volume = volumes(pod.spec).find((v) => v.name === linkerVolume || v.name === kubeApiVolume);
  if (volume !== undefined) return finding('name-taken', `volume "${volume.name}"`);
  return firstOf(all(pod), (c) => c.name === linkerName, 'name-taken');
}

function portConflict({ pod, linkers: { sidecar } }: Scene, mode: Mode): Finding | undefined {
  if (mode !== 'sidecar') return undefined;
  const ours = [sidecar.outgoingPort, sidecar.incomingPort, sidecar.adminPort];
  for (const container of all(pod)) {
    if (container.name === linkerName) continue;
    const port = container.ports?.find((p) => ours.includes(p.containerPort ?? 0) && (p.protocol ?? 'TCP') === 'TCP');
    if (port !== undefined) return finding('port-conflict', `${port.containerPort} of container "${container.name}"`);
  }
  return undefined;
}

const volumes = (spec: PodSpec | null | undefined): readonly { readonly name: string }[] => spec?.volumes ?? [];

function firstOf(
  containers: readonly Container[],
  is: (c: Container) => boolean,
  code: 'other-mesh' | 'name-taken',
): Finding | undefined {
  const found = containers.find(is);
  return found === undefined ? undefined : finding(code, `container "${found.name}"`);
}
