import { ok, type Route } from '#core/admin/route.ts';
import { type Addr, showAddress } from '#core/naming/name.ts';
import type { State } from '#core/reactive/activity.ts';
import type { ClientState } from '../router/clients.ts';

/** `/client_state.json`: the replicas of every client there is, by its id. */
export function clientStateRoute(clients: () => readonly ClientState[]): Route {
  return {
    path: '/client_state.json',
    methods: ['GET'],
    category: 'diagnostics',
    handle: () =>
      ok(
        'application/json;charset=UTF-8',
        JSON.stringify(Object.fromEntries(clients().map(({ id, addr }) => [id, shown(addr)]))),
      ),
  };
}

function shown(addr: State<Addr>): { readonly state: string; readonly addresses: readonly string[] } {
  switch (addr.kind) {
    case 'pending':
      return { state: 'Pending', addresses: [] };
    case 'failed':
      return { state: `Failed: ${addr.error.message}`, addresses: [] };
    case 'ok':
      if (addr.value.kind === 'neg') return { state: 'Neg', addresses: [] };
      return { state: 'bound', addresses: addr.value.addresses.map(showAddress) };
  }
}
