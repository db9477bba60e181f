// Hot.
import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { Endpoint } from '../router/endpoint.ts';
import type { Balancing, BalancingParts } from './balancing.ts';
import type { Pick } from './effort.ts';
import { probation } from './fields.ts';
import { LeastLoaded } from './least-loaded.ts';

/**
 * The endpoint with the least load of all, an open one where there is one; of several, the first from a random place on.
 * What a heap would give; it is looked for, since every answer changes a load.
 */
export function leastOfAll(random: () => number): Pick {
  return (endpoints, now) => {
    const n = endpoints.length;
    const from = Math.floor(random() * n);
    let best = endpoints[from] as Endpoint;
    for (let i = 1; i < n; i++) {
      const other = endpoints[(from + i) % n] as Endpoint;
      const open = other.open(now);
      if (open !== best.open(now) ? open : other.load.cost(now) < best.load.cost(now)) best = other;
    }
    return best;
  };
}

/** The least loaded endpoint of all. */
export const heap = defineKind({
  schema: z.strictObject({ kind: z.literal('heap'), ...probation }),
  make({ enableProbation }, { random }: BalancingParts): Balancing {
    return {
      algorithm: 'heap_least_loaded',
      enableProbation,
      load: () => new LeastLoaded(),
      chooser: () => ({ choose: leastOfAll(random) }),
    };
  },
});
