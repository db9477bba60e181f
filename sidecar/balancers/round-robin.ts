// Hot.
import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { Endpoint } from '../router/endpoint.ts';
import type { Balancing, BalancingParts } from './balancing.ts';
import { type Pick, withEffort } from './effort.ts';
import { effort } from './fields.ts';
import { LeastLoaded } from './least-loaded.ts';

/** Each endpoint in its turn, beginning at a random one. */
export function inTurn(random: () => number): Pick {
  let next = -1;
  return (endpoints) => {
    next = next < 0 ? Math.floor(random() * endpoints.length) : (next + 1) % endpoints.length;
    return endpoints[next] as Endpoint;
  };
}

/** Each endpoint in its turn, whatever it is doing. */
export const roundRobin = defineKind({
  schema: z.strictObject({ kind: z.literal('roundRobin'), ...effort }),
  make({ maxEffort, enableProbation }, { random, exhausted }: BalancingParts): Balancing {
    return {
      algorithm: 'round_robin',
      enableProbation,
      load: () => new LeastLoaded(),
      chooser: () => ({ choose: withEffort(inTurn(random), maxEffort, random, exhausted) }),
    };
  },
});
