import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { Balancing, BalancingParts } from './balancing.ts';
import { withEffort } from './effort.ts';
import { effort } from './fields.ts';
import { twoChoices } from './p2c.ts';
import { PeakEwma } from './peak-ewma.ts';

/** Two choices by peak EWMA: round-trip times, which rise at once and sink slowly, times the requests under way. */
export const ewma = defineKind({
  schema: z.strictObject({
    kind: z.literal('ewma'),
    ...effort,
    decayTimeMs: z.int().min(1).default(10_000).describe('How long a slow answer is remembered.'),
  }),
  make({ maxEffort, enableProbation, decayTimeMs }, { random, exhausted }: BalancingParts): Balancing {
    return {
      algorithm: 'p2c_peak_ewma',
      enableProbation,
      load: () => new PeakEwma(decayTimeMs),
      chooser: () => ({ choose: withEffort(twoChoices(random), maxEffort, random, exhausted) }),
    };
  },
});
