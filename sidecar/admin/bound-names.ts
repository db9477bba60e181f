import { jsonType, ok, type Route } from '#core/admin/route.ts';
import type { Clock } from '#core/clock.ts';
import type { Namer } from '#core/naming/namer.ts';
import { settled } from '#core/reactive/settled.ts';

/** How long a listing that is not known yet is waited for. */
const waitMs = 2000;

/** `/bound-names.json`: the ids that can be bound, of those namers that can list them. */
export function boundNamesRoute(namers: readonly Pick<Namer, 'names'>[], clock: Clock): Route {
  return {
    path: '/bound-names.json',
    methods: ['GET'],
    category: 'diagnostics',
    async handle() {
      const listings = namers.flatMap(({ names }) => names ?? []);
      const states = await Promise.all(listings.map((names) => settled(names, clock, waitMs)));
      const all = states.flatMap((state) => (state.kind === 'ok' ? state.value : []));
      return ok(jsonType, JSON.stringify([...new Set(all)].sort()));
    },
  };
}
