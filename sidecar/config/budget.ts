import * as z from 'zod';
import { millis } from '#core/config/fields.ts';
import { choice } from '#core/config/kind.ts';

/** How many retries are allowed: a share of the requests, and some a second whatever their number. */
export const budget = z
  .strictObject({
    minRetriesPerSec: z.int().default(10).describe('Retries a second that are always allowed.'),
    percentCanRetry: z.number().default(0.2).describe('Retries allowed for each request; 0.2 is one for five.'),
    ttlSecs: z.int().default(10).describe('How long a request counts towards its share: 1 to 60 seconds.'),
  })
  .describe('A budget of retries.');

export type BudgetConfig = z.output<typeof budget>;

export const defaultBudget: BudgetConfig = budget.parse({});

/** The waits before each further attempt, in milliseconds. */
export const backoff = choice('kind', 'backoff', [
  z.strictObject({ kind: z.literal('constant'), ms: millis.default(0) }),
  z.strictObject({ kind: z.literal('jittered'), minMs: millis.optional(), maxMs: millis.optional() }),
]);

export type BackoffConfig =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'jittered'; readonly minMs: number; readonly maxMs: number };

/** The budget with every figure in the range that means something: Linkerd takes others, and then fails each request. */
export function inRange({ minRetriesPerSec, percentCanRetry, ttlSecs }: BudgetConfig): BudgetConfig {
  return {
    minRetriesPerSec: Math.max(0, minRetriesPerSec),
    percentCanRetry: Math.max(0, percentCanRetry),
    ttlSecs: Math.min(60, Math.max(1, ttlSecs)),
  };
}

/** A jittered backoff that lacks one of its ends does not wait. */
export function complete(config: z.output<typeof backoff>): BackoffConfig {
  if (config.kind === 'constant') return config;
  const { kind, minMs, maxMs } = config;
  return minMs === undefined || maxMs === undefined ? { kind: 'constant', ms: 0 } : { kind, minMs, maxMs };
}
