import { marks } from '#core/pod-marks.ts';
import type { Mesh } from './mesh.ts';
import type { Strings } from './pod.ts';
import { type Finding, finding } from './reasons.ts';

/** The mesh as one pod sees it, after the `config.heddle.io/` annotations of its namespace and its own. */
export interface Overridden {
  readonly mesh: Mesh;
  /** Containers that get no proxy variables. */
  readonly skipContainers: readonly string[];
  readonly notes: readonly Finding[];
}

type Apply = (before: Overridden, value: string) => Overridden;

interface Override {
  readonly form: string;
  readonly accepts: RegExp;
  readonly apply: Apply;
}

const set = (before: Overridden, change: Partial<Mesh>): Overridden => ({
  ...before,
  mesh: { ...before.mesh, ...change },
});

const resource =
  (member: keyof Mesh['resources']): Apply =>
  (before, value) =>
    set(before, { resources: { ...before.mesh.resources, [member]: value } });

const items = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const quantity = { form: 'a quantity such as 100m or 64Mi', accepts: /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi)?$/ };

/** Every annotation under `config.heddle.io/`, without the prefix. */
export const overrides: Readonly<Record<string, Override>> = {
  image: { form: 'an image', accepts: /^[\w.:/@-]+$/, apply: (before, value) => set(before, { image: value }) },
  'native-sidecar': {
    form: 'on or off',
    accepts: /^(on|off)$/,
    apply: (before, value) => set(before, { nativeSidecar: value === 'on' }),
  },
  'skip-containers': {
    form: 'names of containers between commas',
    accepts: /^[a-z0-9-]+(\s*,\s*[a-z0-9-]+)*$/,
    apply: (before, value) => ({ ...before, skipContainers: items(value) }),
  },
  'no-proxy': {
    form: 'hosts between commas',
    accepts: /^[^\s,$]+(\s*,\s*[^\s,$]+)*$/,
    apply: (before, value) => set(before, { noProxy: [...before.mesh.noProxy, ...items(value)] }),
  },
  'cpu-request': { ...quantity, apply: resource('cpuRequest') },
  'memory-request': { ...quantity, apply: resource('memoryRequest') },
  'memory-limit': { ...quantity, apply: resource('memoryLimit') },
};

/** The pod's annotations beat its namespace's, key by key; unusable ones are noted and ignored. */
export function applyOverrides(mesh: Mesh, namespace: Strings, pod: Strings): Overridden {
  let result: Overridden = { mesh, skipContainers: [], notes: [] };
  const given = new Map([...entries(namespace, 'namespace'), ...entries(pod, 'pod')]);
  for (const [key, { value, on }] of given) {
    const override = Object.hasOwn(overrides, key) ? overrides[key] : undefined;
    const name = `${marks.overridePrefix}${key} on the ${on}`;
    if (override === undefined) result = noted(result, finding('unknown-override', name));
    else if (!override.accepts.test(value))
      result = noted(result, finding('invalid-override', `${name}, which takes ${override.form}:`));
    else result = override.apply(result, value);
  }
  return result;
}

const noted = (before: Overridden, note: Finding): Overridden => ({ ...before, notes: [...before.notes, note] });

function entries(annotations: Strings, on: string): [string, { readonly value: string; readonly on: string }][] {
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(marks.overridePrefix))
    .map(([key, value]) => [key.slice(marks.overridePrefix.length), { value, on }]);
}
