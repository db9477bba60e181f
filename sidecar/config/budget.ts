import * as z from 'zod';
import type { BudgetConfig } from '../router/budget.ts';

/** How many retries are allowed: a share of the requests, and some a second whatever their number. */
export const budget = z
  .strictObject({
    minRetriesPerSec: z.int().default(10).describe('Retries a second that are always allowed.'),
    percentCanRetry: z.number().default(0.2).describe('Retries allowed for each request; 0.2 is one for five.'),
    ttlSecs: z.int().default(10).describe('How long a request counts towards its share: 1 to 60 seconds.'),
  })
  .describe('A budget of retries.') satisfies z.ZodType<BudgetConfig>;

/** The budget with every figure in the range that means something: Linkerd takes others, and then fails each request. */
export function inRange({ minRetriesPerSec, percentCanRetry, ttlSecs }: BudgetConfig): BudgetConfig {
  return {
    minRetriesPerSec: Math.max(0, minRetriesPerSec),
    percentCanRetry: Math.max(0, percentCanRetry),
    ttlSecs: Math.min(60, Math.max(1, ttlSecs)),
  };
}
