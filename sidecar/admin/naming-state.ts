import { jsonType, ok, type Route } from '#core/admin/route.ts';
import type { Namer, StoredTable } from '#core/naming/namer.ts';
import { shownAddr, stateWord } from './shown-state.ts';

type Followed = Pick<Namer, 'prefix' | 'followed'>;

/** `/namer_state/<prefix>.json`: what each namer follows now, with the addresses; namers of one prefix share a page. */
export function namerStateRoutes(namers: readonly Followed[]): readonly Route[] {
  const byPath = Map.groupBy(
    namers.filter(({ followed }) => followed !== undefined),
    ({ prefix }) => `/namer_state${encodeURI(prefix.show)}.json`,
  );
  return [...byPath].map(([path, those]) =>
    stateRoute(path, () => ({
      endpoints: Object.fromEntries(
        those.flatMap((namer) => [...(namer.followed?.() ?? [])].map(([name, addr]) => [name, shownAddr(addr)])),
      ),
    })),
  );
}

interface Interpreting {
  readonly label: string;
  /** The table that its interpreter reads from elsewhere. */
  readonly stored?: StoredTable | undefined;
}

/** `/<router>/interpreter_state/<kind>.json`: the table an interpreter has read from elsewhere, and how it goes. */
export function interpreterStateRoutes(routers: readonly Interpreting[]): readonly Route[] {
  return routers.flatMap(({ label, stored }) => {
    if (stored === undefined) return [];
    const path = `/${encodeURI(label)}/interpreter_state/${stored.kind.toLowerCase()}.json`;
    return stateRoute(path, () => {
      const now = stored.last();
      return { source: stored.source, state: stateWord(now), ...(now.kind === 'ok' && { dtab: now.value }) };
    });
  });
}

function stateRoute(path: string, state: () => object): Route {
  return { path, methods: ['GET'], category: 'diagnostics', handle: () => ok(jsonType, JSON.stringify(state())) };
}
