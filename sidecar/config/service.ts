import * as z from 'zod';
import { timeoutMs } from '#core/config/fields.ts';
import { choice } from '#core/config/kind.ts';
import type { Path } from '#core/naming/path.ts';
import type { BackoffConfig } from '../router/backoff.ts';
import { type BudgetConfig, defaultBudget } from '../router/budget.ts';
import { backoff, complete } from './backoff.ts';
import { budget } from './budget.ts';
import { type Entry, mergedFor, perName } from './matching.ts';

/** Which responses count as failures, and which of those may be tried again. */
export const classifier = choice('kind', 'response classifier of http routers', [
  z.strictObject({ kind: z.literal('io.l5d.http.nonRetryable5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.retryableRead5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.retryableIdempotent5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.retryableAll5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.http.allSuccessful') }),
]);

const grpcCodes = z.array(z.int().min(0).max(16));
const grpc = {
  successStatusCodes: grpcCodes.default([0]).describe('Statuses that are no failure; 0 must be among them.'),
};

/** The same for h2 routers, where gRPC has classifiers of its own. */
export const h2Classifier = choice('kind', 'response classifier of h2 routers', [
  z.strictObject({ kind: z.literal('io.l5d.h2.nonRetryable5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.h2.retryableRead5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.h2.retryableIdempotent5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.h2.retryableAll5XX') }),
  z.strictObject({ kind: z.literal('io.l5d.h2.allSuccessful') }),
  z.strictObject({ kind: z.literal('io.l5d.h2.grpc.default'), ...grpc }),
  z.strictObject({ kind: z.literal('io.l5d.h2.grpc.compliant'), ...grpc }),
  z.strictObject({ kind: z.literal('io.l5d.h2.grpc.alwaysRetryable'), ...grpc }),
  z.strictObject({ kind: z.literal('io.l5d.h2.grpc.neverRetryable'), ...grpc }),
  z.strictObject({ kind: z.literal('io.l5d.h2.grpc.retryableStatusCodes'), ...grpc, retryableStatusCodes: grpcCodes }),
]);

export type ClassifierConfig = z.output<typeof classifier> | z.output<typeof h2Classifier>;

const common = {
  totalTimeoutMs: timeoutMs.describe('How long a request may take to the head of its response, all attempts together.'),
  retries: z.strictObject({ budget: budget.optional(), backoff: backoff.optional() }).optional(),
};
const params = z.strictObject({ ...common, responseClassifier: classifier.optional() });
const h2Params = z.strictObject({
  ...common,
  responseClassifier: h2Classifier.optional(),
  classificationTimeoutMs: z
    .int()
    .min(0)
    .optional()
    .describe(
      'How long an answer is held back to be judged by its end; 100 where a gRPC classifier can retry by it, else 0.',
    ),
  retryBufferSize: z
    .strictObject({
      requestBytes: z.int().nonnegative().optional().describe('Bytes of a streamed body kept to be sent again; 16384.'),
      responseBytes: z.int().nonnegative().optional().describe('Bytes of an answer held back to be judged; 16383.'),
    })
    .optional(),
});

type ServiceParams = z.output<typeof params> | z.output<typeof h2Params>;

/** The `service` section of an http router, and that of an h2 router. */
export const httpService = perName(params, 'service');
export const h2Service = perName(h2Params, 'service');

/** What holds for one logical name, defaults filled in. */
export interface ServiceConfig {
  readonly totalTimeoutMs?: number;
  readonly retries: { readonly budget: BudgetConfig; readonly backoff: BackoffConfig };
  readonly responseClassifier: ClassifierConfig;
  /** Bytes of a streamed request body kept to be sent again, where not as many as the codec keeps. */
  readonly keepBytes?: number;
  /** Of an h2 router: how answers are held back that only their end can judge; absent: not at all. */
  readonly late?: { readonly ms: number; readonly bytes: number };
}

/** What a `service` section says of a logical name, such as `/svc/web`. */
export function serviceConfigFor(
  router: { readonly protocol: 'http' | 'h2' | 'tcp'; readonly service: readonly Entry<ServiceParams>[] },
  name: Path,
): ServiceConfig {
  const merged = mergedFor(router.service, name);
  const { totalTimeoutMs, retries, responseClassifier } = merged;
  const keepBytes = 'retryBufferSize' in merged ? merged.retryBufferSize?.requestBytes : undefined;
  return {
    ...(totalTimeoutMs !== undefined && { totalTimeoutMs }),
    ...(keepBytes !== undefined && { keepBytes }),
    ...(router.protocol === 'h2' && lateOf(merged)),
    retries: {
      budget: retries?.budget ?? defaultBudget,
      backoff: complete(retries?.backoff) ?? { kind: 'constant', ms: 0 },
    },
    responseClassifier: responseClassifier ?? {
      kind: router.protocol === 'h2' ? 'io.l5d.h2.nonRetryable5XX' : 'io.l5d.http.nonRetryable5XX',
    },
  };
}

interface LateParams extends Partial<Pick<z.output<typeof h2Params>, 'classificationTimeoutMs' | 'retryBufferSize'>> {
  readonly responseClassifier?: { readonly kind: string } | undefined;
}

/** Linkerd holds every answer of an h2 router back. Here only what can be retried by its end, or where it is asked for. */
function lateOf({
  responseClassifier,
  classificationTimeoutMs,
  retryBufferSize,
}: LateParams): Pick<ServiceConfig, 'late'> {
  const retriesLate = /^io\.l5d\.h2\.grpc\.(?!neverRetryable)/.test(responseClassifier?.kind ?? '');
  const ms = classificationTimeoutMs ?? (retriesLate ? 100 : 0);
  return ms === 0 ? {} : { late: { ms, bytes: retryBufferSize?.responseBytes ?? 16_383 } };
}
