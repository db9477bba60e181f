import * as z from 'zod';
import { timeoutMs } from '#core/config/fields.ts';
import { choice } from '#core/config/kind.ts';
import type { Path } from '#core/naming/path.ts';
import { type BackoffConfig, type BudgetConfig, backoff, budget, complete, defaultBudget, inRange } from './budget.ts';
import { type Entry, mergedFor, perName } from './matching.ts';

/** Which responses count as failures, and which of those may be tried again. */
export const classifier = choice('kind', 'response classifier of http routers', [
  z.strictObject({ kind: z.literal('io.l5d.http.nonRetryable5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.retryableRead5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.retryableIdempotent5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.retryableAll5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.allSuccessful') }),
]);

export type ClassifierConfig = z.output<typeof classifier>;

const params = z.strictObject({
  totalTimeoutMs: timeoutMs.describe('How long a request may take to the head of its response, all attempts together.'),
  retries: z.strictObject({ budget: budget.optional(), backoff: backoff.optional() }).optional(),
  responseClassifier: classifier.optional(),
});

type ServiceParams = z.output<typeof params>;

/** The `service` section of an http router. */
export const httpService = perName(params, 'service');

/** What holds for one logical name, defaults filled in. */
export interface ServiceConfig {
  readonly totalTimeoutMs?: number;
  readonly retries: { readonly budget: BudgetConfig; readonly backoff: BackoffConfig };
  readonly responseClassifier: ClassifierConfig;
}

/** What a `service` section says of a logical name, such as `/svc/web`. */
export function serviceConfigFor(
  router: { readonly service: readonly Entry<ServiceParams>[] },
  name: Path,
): ServiceConfig {
  const { totalTimeoutMs, retries, responseClassifier } = mergedFor(router.service, name);
  return {
    ...(totalTimeoutMs !== undefined && { totalTimeoutMs }),
    retries: {
      budget: inRange(retries?.budget ?? defaultBudget),
      backoff: complete(retries?.backoff ?? { kind: 'constant', ms: 0 }),
    },
    responseClassifier: responseClassifier ?? { kind: 'io.l5d.http.nonRetryable5XX' },
  };
}
