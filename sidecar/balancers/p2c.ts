// Hot.
import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { Endpoint } from '../router/endpoint.ts';
import type { Balancing, BalancingParts } from './balancing.ts';
import { type Pick, withEffort } from './effort.ts';
import { effort } from './fields.ts';
import { LeastLoaded } from './least-loaded.ts';

/** Power of two choices: two different endpoints at random, the one with less load; one not open loses to one that is. */
export function twoChoices(random: () => number): Pick {
  return (endpoints, now) => {
    const n = endpoints.length;
    const i = Math.floor(random() * n);
    let j = Math.floor(random() * (n - 1));
    if (j >= i) j += 1;
    return better(endpoints[i] as Endpoint, endpoints[j] as Endpoint, now);
  };
}

/** Two choices by the number of requests under way: Linkerd's default. */
export const p2c = defineKind({
  schema: z.strictObject({ kind: z.literal('p2c'), ...effort }),
  make({ maxEffort, enableProbation }, { random, exhausted }: BalancingParts): Balancing {
    return {
      algorithm: 'p2c_least_loaded',
      enableProbation,
      load: () => new LeastLoaded(),
      chooser: () => ({ choose: withEffort(twoChoices(random), maxEffort, random, exhausted) }),
    };
  },
});

function better(a: Endpoint, b: Endpoint, now: number): Endpoint {
  const aOpen = a.open(now);
  if (aOpen !== b.open(now)) return aOpen ? a : b;
  return a.load.cost(now) <= b.load.cost(now) ? a : b;
}
