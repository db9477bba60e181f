/**
 * Why a pod was changed, left alone, or changed with a remark. The codes are stable: they appear in admission warnings,
 * the status annotation, audit annotations, metrics and logs.
 *
 * done: the pod is in the mesh. quiet: left alone as asked. loud: left alone against what was asked, so its owner is
 * warned. note: went ahead, with a remark.
 */
export const reasons = {
  injected: { level: 'done', text: 'joined the mesh' },
  'already-injected': { level: 'done', text: 'was in the mesh already' },

  'not-a-pod-creation': { level: 'quiet', text: 'only the creation of pods is looked at' },
  'system-namespace': { level: 'quiet', text: 'its namespace belongs to the cluster or to the mesh itself' },
  'mirror-pod': { level: 'quiet', text: 'it mirrors a static pod of a kubelet' },
  'pod-disabled': { level: 'quiet', text: 'its label heddle.io/inject says disabled' },
  'namespace-disabled': { level: 'quiet', text: "its namespace's label heddle.io/inject says disabled" },
  'not-enabled': { level: 'quiet', text: 'neither it nor its namespace has the label heddle.io/inject: enabled' },
  'mode-none': { level: 'quiet', text: 'its mode is none' },
  'no-containers': { level: 'quiet', text: 'it has no containers' },

  'invalid-pod-label': { level: 'loud', text: 'its label heddle.io/inject must be enabled or disabled' },
  'invalid-namespace-label': {
    level: 'loud',
    text: "its namespace's label heddle.io/inject must be enabled or disabled",
  },
  'invalid-mode': { level: 'loud', text: 'the annotation heddle.io/mode must be sidecar, node or none' },
  'other-mesh': { level: 'loud', text: 'another mesh has a sidecar in it' },
  'host-network': {
    level: 'loud',
    text: 'it uses the host network, where linkers of several pods would collide; heddle.io/mode: node works',
  },
  'host-network-dns': {
    level: 'loud',
    text: "it uses the host network and cannot resolve the linker's Service; set dnsPolicy: ClusterFirstWithHostNet",
  },
  windows: { level: 'loud', text: 'the linker has no Windows image; heddle.io/mode: node works' },
  'job-needs-native-sidecar': {
    level: 'loud',
    text: 'it runs to completion, which a linker that is no native sidecar would prevent; heddle.io/mode: node works',
  },
  'port-conflict': { level: 'loud', text: 'it declares a port that the linker needs' },
  'name-taken': { level: 'loud', text: 'it uses a name that the mesh needs' },

  'own-proxy': { level: 'note', text: 'sets http_proxy itself, which is kept, so its requests bypass the mesh' },
  'own-no-proxy': { level: 'note', text: 'takes no_proxy from elsewhere, so it could not be completed' },
  'env-from': { level: 'note', text: 'has envFrom; a proxy variable in there is overruled' },
  'invalid-override': { level: 'note', text: 'an annotation has an unusable value and was ignored' },
  'unknown-override': { level: 'note', text: 'an annotation is not known and was ignored' },
  'inject-annotation': { level: 'note', text: 'heddle.io/inject is read as a label; the annotation was ignored' },
  'mode-label': { level: 'note', text: 'heddle.io/mode is read as an annotation; the label was ignored' },
} as const satisfies Record<string, { readonly level: 'done' | 'quiet' | 'loud' | 'note'; readonly text: string }>;

export type ReasonCode = keyof typeof reasons;

/** A reason with what it is about, such as `container "app"`; `detail` may be empty. */
export interface Finding {
  readonly code: ReasonCode;
  readonly detail: string;
}

export const finding = (code: ReasonCode, detail = ''): Finding => ({ code, detail });

/** Whether a pod's owner should be told. */
export const isLoud = (code: ReasonCode): boolean => reasons[code].level === 'loud' || reasons[code].level === 'note';

/** One line for people, ending in the code: at most 256 bytes, what clients are promised to show of a warning. */
export function say({ code, detail }: Finding): string {
  const { level, text } = reasons[code];
  const head = level === 'note' ? 'heddle: ' : level === 'done' ? 'heddle: the pod ' : 'heddle: not injected: ';
  const line = level === 'note' && detail !== '' ? `${detail} ${text}` : detail === '' ? text : `${text}: ${detail}`;
  const tail = ` [${code}]`;
  const room = 256 - head.length - tail.length;
  return `${head}${line.length <= room ? line : `${line.slice(0, room - 1)}…`}${tail}`;
}
