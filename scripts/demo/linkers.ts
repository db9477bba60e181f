import type { Cluster } from './cluster.ts';

/** A running linker. */
export interface Linker {
  /** Of its node, or of the pod it belongs to. */
  readonly name: string;
  readonly ip: string;
  readonly admin: string;
}

export function linkersOf(cluster: Cluster): Linker[] {
  return cluster.pods.flatMap(({ name, node, ip, containers }) => {
    const admin = `http://${ip}:9990`;
    if (containers.has('linker')) return [{ name: `node ${node}`, ip, admin }];
    return containers.has('heddle-linker') ? [{ name, ip, admin }] : [];
  });
}

/** What linkers have counted since they started; keys of `/admin/metrics.json` added up. */
const counters = {
  outgoing: /^rt\/outgoing\/server\/[^/]+\/\d+\/requests$/,
  incoming: /^rt\/incoming\/server\/[^/]+\/\d+\/requests$/,
  failed: /^rt\/outgoing\/server\/[^/]+\/\d+\/failures$/,
  retried: /^rt\/outgoing\/service\/.*\/retries\/total$/,
  connections: /^rt\/outgoing\/client\/.*(?<!\/tls)\/connections$/,
  encrypted: /^rt\/outgoing\/client\/.*\/tls\/connections$/,
} as const;

export type Counts = Readonly<Record<keyof typeof counters, number>>;

export async function count({ admin }: Linker): Promise<Counts> {
  const metrics = Object.entries((await (await fetch(`${admin}/admin/metrics.json`)).json()) as Record<string, number>);
  const total = (key: RegExp): number => metrics.filter(([name]) => key.test(name)).reduce((sum, [, n]) => sum + n, 0);
  return Object.fromEntries(Object.entries(counters).map(([name, key]) => [name, total(key)])) as Counts;
}

export const sum = (counts: readonly Counts[], name: keyof Counts): number =>
  counts.reduce((total, each) => total + each[name], 0);
