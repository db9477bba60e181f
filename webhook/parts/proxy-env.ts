import type { LinkedMode } from '#core/pod-marks.ts';
import { otherMeshes, type Scene } from '../decide.ts';
import { linkerName, type ProxyHost } from '../mesh.ts';
import { type AddOperation, add, insertFront, type Pointer } from '../patch.ts';
import type { Container, EnvVar } from '../pod.ts';
import { type Finding, finding } from '../reasons.ts';

/** Never sent through a linker: the container itself, the API server, and the cloud's metadata service of the node. */
export const alwaysDirect: readonly string[] = [
  'localhost',
  '127.0.0.1',
  '::1',
  'kubernetes.default.svc',
  '169.254.169.254',
];

export interface ProxyEnv {
  readonly operations: readonly AddOperation[];
  readonly notes: readonly Finding[];
  /** Containers whose requests go to the linker once the operations are done. */
  readonly containers: readonly string[];
}

/**
 * The variables that send a container's HTTP to its linker. They come first, so that variables of the user may refer to
 * them; the user's keep their order, and what the user says of proxies stands.
 */
export function proxyEnv(scene: Scene, mode: LinkedMode, skip: readonly string[]): ProxyEnv {
  const host = mode === 'sidecar' ? scene.mesh.sidecarHost : scene.mesh.nodeHost;
  const wanted: Wanted = {
    helper: helper(host),
    url: proxyUrl(host, (mode === 'sidecar' ? scene.linkers.sidecar : scene.linkers.node).outgoingPort),
    direct: [...alwaysDirect, ...scene.mesh.noProxy],
    upperCase: scene.mesh.upperCaseEnv,
  };
  const operations: AddOperation[] = [];
  const notes: Finding[] = [];
  const containers: string[] = [];
  for (const { container, at } of served(scene, mode)) {
    if (skip.includes(container.name) || container.name === linkerName || otherMeshes.has(container.name)) continue;
    const env = containerEnv(container, [...at, 'env'], wanted);
    operations.push(...env.operations);
    notes.push(...env.notes);
    if (env.linked) containers.push(container.name);
  }
  return { operations, notes, containers };
}

interface Wanted {
  readonly helper: EnvVar | undefined;
  readonly url: string;
  readonly direct: readonly string[];
  readonly upperCase: boolean;
}

/** `http://host:port`, with brackets where the host is, or will be, an IPv6 address. */
export function proxyUrl(host: ProxyHost, port: number): string {
  const name = host.kind === 'literal' ? host.host : `$(${host.variable})`;
  const ipv6 = host.kind === 'literal' ? host.host.includes(':') : host.ipv6;
  return `http://${ipv6 ? `[${name}]` : name}:${port}`;
}

const helper = (host: ProxyHost): EnvVar | undefined =>
  host.kind === 'literal' ? undefined : { name: host.variable, valueFrom: { fieldRef: { fieldPath: host.fieldPath } } };

/** Containers that run while there is a linker: beside a sidecar, only those that start after it. */
function served({ pod, mesh }: Scene, mode: LinkedMode): { readonly container: Container; readonly at: Pointer }[] {
  const apps = pod.spec?.containers ?? [];
  const inits = pod.spec?.initContainers ?? [];
  const linker = inits.findIndex((c) => c.name === linkerName);
  const plain = apps.some((c) => c.name === linkerName) || (linker < 0 && !mesh.nativeSidecar);
  const firstInit = mode === 'node' ? 0 : plain ? inits.length : linker + 1;
  return [
    ...inits.map((container, i) => ({ container, at: ['spec', 'initContainers', i] })).slice(firstInit),
    ...apps.map((container, i) => ({ container, at: ['spec', 'containers', i] })),
  ];
}

function containerEnv(
  container: Container,
  at: Pointer,
  wanted: Wanted,
): { readonly operations: readonly AddOperation[]; readonly notes: readonly Finding[]; readonly linked: boolean } {
  const env = container.env ?? [];
  const who = `container "${container.name}"`;
  const proxies = env.filter((v) => v.name.toLowerCase() === 'http_proxy');
  if (proxies.some((v) => v.value !== wanted.url)) {
    return { operations: [], notes: [finding('own-proxy', who)], linked: false };
  }
  const notes: Finding[] = [];
  if (container.envFrom !== undefined && container.envFrom !== null && container.envFrom.length > 0)
    notes.push(finding('env-from', who));

  const has = (name: string): boolean => env.some((v) => v.name === name);
  const front: EnvVar[] = [];
  if (wanted.helper !== undefined && !has(wanted.helper.name)) front.push(wanted.helper);
  for (const name of cases('http_proxy', wanted.upperCase)) if (!has(name)) front.push({ name, value: wanted.url });

  // From the last to the first, so that no index moves before it is used; what goes to the front comes after them.
  const operations: AddOperation[] = [];
  const own = env.map((v, i) => ({ v, i })).filter(({ v }) => v.name.toLowerCase() === 'no_proxy');
  if (own.some(({ v }) => v.value === undefined)) notes.push(finding('own-no-proxy', who));
  for (const { v, i } of own.toReversed()) {
    if (v.value === undefined) continue;
    const merged = mergeHosts(v.value, wanted.direct);
    for (const name of own.length === 1 ? cases('no_proxy', wanted.upperCase) : []) {
      // After the user's own, whose value may refer to variables that come before it.
      if (!has(name)) operations.push(add([...at, i + 1], { name, value: merged }));
    }
    if (merged !== v.value) operations.push(add([...at, i, 'value'], merged));
  }
  if (own.length === 0) {
    for (const name of cases('no_proxy', wanted.upperCase)) front.push({ name, value: wanted.direct.join(',') });
  }
  operations.push(...insertFront(at, container.env, front));
  return { operations, notes, linked: true };
}

const cases = (name: string, upperCase: boolean): readonly string[] =>
  upperCase ? [name, name.toUpperCase()] : [name];

/** A no_proxy list with what is missing at its end. `*`, which turns proxies off, stays alone. */
export function mergeHosts(own: string, ours: readonly string[]): string {
  const hosts = own.split(',').map((host) => host.trim());
  if (hosts.includes('*')) return own;
  const missing = ours.filter((host) => !hosts.includes(host));
  return missing.length === 0 ? own : [...hosts.filter((host) => host !== ''), ...missing].join(',');
}
