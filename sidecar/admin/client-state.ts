import { ok, type Route } from '#core/admin/route.ts';
import type { ClientState } from '../router/clients.ts';
import { shownAddr } from './shown-state.ts';

/** `/client_state.json`: the replicas of every client there is, by its id. */
export function clientStateRoute(clients: () => readonly ClientState[]): Route {
  return {
    path: '/client_state.json',
    methods: ['GET'],
    category: 'diagnostics',
    handle: () =>
      ok(
        'application/json;charset=UTF-8',
        JSON.stringify(Object.fromEntries(clients().map(({ id, addr }) => [id, shownAddr(addr)]))),
      ),
  };
}
