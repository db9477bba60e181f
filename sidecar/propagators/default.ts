// Hot.
import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { readTrace, reqid, rootTrace, sameTrace, type TraceId } from '#core/telemetry/trace.ts';
import { readTraceparent, writeTraceparent } from '#core/telemetry/traceparent.ts';
import type { RequestHead } from '../router/request-head.ts';
import type { TracePropagator } from './propagator.ts';

/**
 * `l5d-ctx-trace` and `l5d-reqid`, as in Linkerd. Besides, a `traceparent` that comes with the request is taken up and
 * goes on with our span in it: an application that knows W3C trace context only, or both, has one trace with the mesh.
 * One of another trace than `l5d-ctx-trace`, which came from further up, goes on as it is.
 */
const propagator: TracePropagator = {
  heedsSample: true,
  incoming(head) {
    const own = head.ctxTrace === '' ? undefined : readTrace(head.ctxTrace);
    return head.traceparent === '' ? own : joined(head, own);
  },
  root: rootTrace,
  outgoing(x, span) {
    x.attemptTrace = span;
    const id = `l5d-reqid: ${reqid(span)}\r\n`;
    return x.request.traceparent === '' ? id : `${id}traceparent: ${writeTraceparent(span)}\r\n`;
  },
};

function joined(head: RequestHead, own: TraceId | undefined): TraceId | undefined {
  const other = readTraceparent(head.traceparent);
  // The application's span, where it made one, lies below the one of the linker that called it.
  if (other !== undefined && (own === undefined || sameTrace(own, other))) return other;
  head.lines += `traceparent: ${head.traceparent}\r\n`;
  head.traceparent = '';
  return own;
}

export const defaultPropagator = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.default') }),
  make: (_config, _deps: undefined): TracePropagator => propagator,
});
