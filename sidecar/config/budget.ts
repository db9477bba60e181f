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
