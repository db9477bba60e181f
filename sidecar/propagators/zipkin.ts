import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { hexId, readHexId } from '#core/telemetry/hex-id.ts';
import { rootTrace, TraceId } from '#core/telemetry/trace.ts';
import type { RequestHead } from '../router/request-head.ts';
import type { TracePropagator } from './propagator.ts';

const B3_LINE = /^x-b3-(traceid|spanid|parentspanid|sampled|flags): *([^\r\n]*)\r\n/gim;

/**
 * B3, the headers of Zipkin, instead of those of Linkerd. As there: ids have 64 bits, of a longer trace id the lower
 * half is taken; a sampling that is not decided is written as no; `l5d-sample` decides nothing.
 */
const propagator: TracePropagator = {
  heedsSample: false,
  incoming(head) {
    keepTraceparent(head);
    const fields = takeB3(head);
    const trace = readHexId((fields['traceid'] ?? '').slice(-16));
    const span = readHexId(fields['spanid'] ?? '');
    if (trace === undefined || span === undefined) return undefined;
    const parent = readHexId(fields['parentspanid'] ?? '') ?? span;
    return new TraceId(span, parent, trace, [0, flagsOf(fields)]);
  },
  root: rootTrace,
  outgoing: (_x, span) =>
    `x-b3-traceid: ${hexId(span.traceHi, span.traceLo)}\r\n` +
    `x-b3-spanid: ${hexId(span.spanHi, span.spanLo)}\r\n` +
    `x-b3-parentspanid: ${hexId(span.parentHi, span.parentLo)}\r\n` +
    `x-b3-sampled: ${span.sampled ? 1 : 0}\r\nx-b3-flags: ${span.debug ? 1 : 0}\r\n`,
};

type B3Fields = Readonly<Record<string, string>>;

/** The first of each field, taken out of the head. */
function takeB3(head: RequestHead): B3Fields {
  const fields: Record<string, string> = {};
  head.lines = head.lines.replace(B3_LINE, (_line, name: string, value: string) => {
    fields[name.toLowerCase()] ??= value.trim();
    return '';
  });
  return fields;
}

/** W3C trace context is none of this propagator's business: it goes on as it came. */
function keepTraceparent(head: RequestHead): void {
  if (head.traceparent === '') return;
  head.lines += `traceparent: ${head.traceparent}\r\n`;
  head.traceparent = '';
}

/** The bits of `l5d-ctx-trace`: 1 debug, 2 decided, 4 sampled. */
function flagsOf({ sampled, flags }: B3Fields): number {
  const debug = flags === '1' ? 1 : 0;
  if (sampled === '1' || sampled?.toLowerCase() === 'true') return debug | 6;
  return sampled === '0' || sampled?.toLowerCase() === 'false' ? debug | 2 : debug;
}

export const zipkinPropagator = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.zipkin') }),
  make: (_config, _deps: undefined): TracePropagator => propagator,
});
