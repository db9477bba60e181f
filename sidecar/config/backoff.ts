import * as z from 'zod';
import { millis } from '#core/config/fields.ts';
import { choice } from '#core/config/kind.ts';
import type { BackoffConfig } from '../router/backoff.ts';

/** The waits before each further attempt, in milliseconds. */
export const backoff = choice('kind', 'backoff', [
  z.strictObject({ kind: z.literal('constant'), ms: millis.default(0) }),
  z.strictObject({ kind: z.literal('jittered'), minMs: millis.optional(), maxMs: millis.optional() }),
]);

/** What is configured, where it is complete: Linkerd takes a jittered backoff that lacks one of its ends. */
export function complete(config: z.output<typeof backoff> | undefined): BackoffConfig | undefined {
  if (config === undefined || config.kind === 'constant') return config;
  const { kind, minMs, maxMs } = config;
  return minMs === undefined || maxMs === undefined ? undefined : { kind, minMs, maxMs };
}
