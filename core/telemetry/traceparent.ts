import { hexId, readHexId } from './hex-id.ts';
import { decide, TraceId } from './trace.ts';

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * The span that a `traceparent` names (W3C Trace Context, §3.2), as a parent for ours: its own parent is not known, its
 * sampling is decided. Undefined where the header is to be ignored. Versions to come are read as far as version 00 goes.
 */
export function readTraceparent(text: string): TraceId | undefined {
  const [, version, trace = '', span = '', flags = '', more] = FORM.exec(text.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  const [high, low, own] = [readHexId(trace.slice(0, 16)), readHexId(trace.slice(16)), readHexId(span)];
  if (high === undefined || low === undefined || own === undefined || zero(own)) return undefined;
  if (zero(high) && zero(low)) return undefined;
  const wide = zero(high) ? undefined : { hi: high[0], lo: high[1] };
  return decide(new TraceId(own, own, low, [0, 0], wide), (Number.parseInt(flags, 16) & SAMPLED) !== 0);
}

/** The header value of a span. */
export function writeTraceparent(id: TraceId): string {
  const high = id.high === undefined ? hexId(0, 0) : hexId(id.high.hi, id.high.lo);
  const flags = id.sampled ? '01' : '00';
  return `00-${high}${hexId(id.traceHi, id.traceLo)}-${hexId(id.spanHi, id.spanLo)}-${flags}`;
}

function zero([hi, lo]: readonly [number, number]): boolean {
  return hi === 0 && lo === 0;
}
