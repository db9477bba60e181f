import type { State } from '#core/reactive/activity.ts';
import type { GaugeRule } from '#core/telemetry/snapshot.ts';
import type { ClientState } from '../router/clients.ts';

/** What every thread measures alike, the number of replicas say, is no sum. */
export const perThread: GaugeRule = (scopes) => {
  const leaf = scopes.at(-1) ?? '';
  if (leaf === 'originator' || leaf === 'is_marked_dead' || leaf === 'unhealthy_for_ms') return 'largest';
  if (leaf === 'unhealthy_num_tries') return 'largest';
  return scopes.includes('loadbalancer') && leaf !== 'load' ? 'largest' : 'sum';
};

type Tables = readonly (State<string> | undefined)[];

/** The table of each router, as one thread knows it that has read it; else as any does. */
export function mergedTables(threads: readonly Tables[]): Tables {
  const routers = threads[0]?.keys() ?? [];
  return [...routers].map((r) => threads.find((tables) => tables[r]?.kind === 'ok')?.[r] ?? threads[0]?.[r]);
}

/** The clients that any thread has, router by router, or what namers follow, namer by namer; of one that several have, what a thread knows that is bound. */
export function mergedClients(threads: readonly (readonly (readonly ClientState[])[])[]): readonly ClientState[][] {
  const routers: Map<string, ClientState>[] = [];
  for (const thread of threads) {
    for (const [r, clients] of thread.entries()) {
      const merged = routers[r] ?? new Map<string, ClientState>();
      routers[r] = merged;
      for (const client of clients) {
        if (merged.get(client.id)?.addr.kind !== 'ok') merged.set(client.id, client);
      }
    }
  }
  return routers.map((merged) => [...merged.values()]);
}
