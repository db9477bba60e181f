import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { rootTrace128 } from '#core/telemetry/trace.ts';
import { readTraceparent, writeTraceparent } from '#core/telemetry/traceparent.ts';
import type { TracePropagator } from './propagator.ts';

/**
 * W3C trace context instead of Linkerd's headers. `tracestate` goes on as it came. A trace that begins here and that
 * nobody has decided about is not told to the origin: it may then begin one of its own, and decide.
 */
const propagator: TracePropagator = {
  heedsSample: true,
  incoming: (head) => (head.traceparent === '' ? undefined : readTraceparent(head.traceparent)),
  root: rootTrace128,
  outgoing: (_x, span) => (span.decided ? `traceparent: ${writeTraceparent(span)}\r\n` : ''),
};

export const w3cPropagator = defineKind({
  schema: z.strictObject({ kind: z.literal('io.heddle.w3c') }),
  make: (_config, _deps: undefined): TracePropagator => propagator,
});
