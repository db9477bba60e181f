import type { GaugeRule } from '#core/telemetry/snapshot.ts';
import type { ClientState } from '../router/clients.ts';

/** What every thread measures alike, the number of replicas say, is no sum. */
export const perThread: GaugeRule = (scopes) => {
  const leaf = scopes.at(-1) ?? '';
  if (leaf === 'originator' || leaf === 'is_marked_dead' || leaf === 'unhealthy_for_ms') return 'largest';
  if (leaf === 'unhealthy_num_tries') return 'largest';
  return scopes.includes('loadbalancer') && leaf !== 'load' ? 'largest' : 'sum';
};

/** The clients that any thread has, router by router; of one that several have, what a thread knows that is bound. */
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
