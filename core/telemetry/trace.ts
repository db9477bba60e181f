// Hot: used at least three times a request. 64-bit ids are pairs of int32: no BigInt, and V8 keeps int32 unboxed.

/**
 * A span of a request and where it belongs, as `l5d-ctx-trace` carries it (Finagle's TraceId). A root span has
 * span = parent = trace. Every `…Hi` and `…Lo` is a half, as a signed 32-bit number.
 */
export class TraceId {
  readonly spanHi: number;
  readonly spanLo: number;
  readonly parentHi: number;
  readonly parentLo: number;
  readonly traceHi: number;
  readonly traceLo: number;
  /** Upper half of a 128-bit trace id; absent where the trace id has 64 bits. */
  readonly high: { readonly hi: number; readonly lo: number } | undefined;
  readonly flagsHi: number;
  /** Bit 0 debug, bit 1 the sampling decision is made, bit 2 it is yes; others pass through. */
  readonly flagsLo: number;

  constructor(
    span: readonly [hi: number, lo: number],
    parent: readonly [hi: number, lo: number],
    trace: readonly [hi: number, lo: number],
    flags: readonly [hi: number, lo: number] = [0, 0],
    high?: TraceId['high'],
  ) {
    this.spanHi = span[0];
    this.spanLo = span[1];
    this.parentHi = parent[0];
    this.parentLo = parent[1];
    this.traceHi = trace[0];
    this.traceLo = trace[1];
    this.flagsHi = flags[0];
    this.flagsLo = flags[1];
    this.high = high;
  }

  /** Whether the sampling decision is made; debug is a decision. */
  get decided(): boolean {
    return (this.flagsLo & (debug | known)) !== 0;
  }

  /** Debug: sampled whatever anyone's rate. */
  get debug(): boolean {
    return (this.flagsLo & debug) !== 0;
  }

  /** Whether the sampling decision is made, and yes; debug counts as yes. */
  get sampled(): boolean {
    return (this.flagsLo & debug) !== 0 || (this.flagsLo & (known | yes)) === (known | yes);
  }
}

const debug = 1;
const known = 2;
const yes = 4;

const scratch = Buffer.alloc(40);
const view = new DataView(scratch.buffer, scratch.byteOffset, 40);

/** 0 to 63 for a character of base64's standard alphabet, -1 for any other below 128. */
const base64 = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) {
  base64['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i;
}

/** Reads a header value; undefined (to be ignored) unless it is padded standard base64 of exactly 32 or 40 bytes. */
export function readTrace(text: string): TraceId | undefined {
  const chars = text.length === 44 && text.endsWith('=') ? 43 : text.length === 56 && text.endsWith('==') ? 54 : 0;
  if (chars === 0) return undefined;
  for (let i = 0; i < chars; i++) if ((base64[text.charCodeAt(i)] ?? -1) < 0) return undefined;
  scratch.write(text, 'base64');
  return new TraceId(
    [view.getInt32(0), view.getInt32(4)],
    [view.getInt32(8), view.getInt32(12)],
    [view.getInt32(16), view.getInt32(20)],
    [view.getInt32(24), view.getInt32(28)],
    chars === 54 ? { hi: view.getInt32(32), lo: view.getInt32(36) } : undefined,
  );
}

/** The header value of a span. */
export function writeTrace(id: TraceId): string {
  view.setInt32(0, id.spanHi);
  view.setInt32(4, id.spanLo);
  view.setInt32(8, id.parentHi);
  view.setInt32(12, id.parentLo);
  view.setInt32(16, id.traceHi);
  view.setInt32(20, id.traceLo);
  view.setInt32(24, id.flagsHi);
  view.setInt32(28, id.flagsLo);
  if (id.high === undefined) return scratch.toString('base64', 0, 32);
  view.setInt32(32, id.high.hi);
  view.setInt32(36, id.high.lo);
  return scratch.toString('base64', 0, 40);
}

/** A new trace, not decided about sampling. `random` gives numbers in [0, 1). */
export function rootTrace(random: () => number): TraceId {
  const id = [int32(random), int32(random)] as const;
  return new TraceId(id, id, id);
}

/** The same with a trace id of 128 bits, as W3C trace context wants it. */
export function rootTrace128(random: () => number): TraceId {
  const id = [int32(random), int32(random)] as const;
  return new TraceId(id, id, id, [0, 0], { hi: int32(random), lo: int32(random) });
}

/** A new span below `id`, in the same trace and with the same flags. */
export function childTrace(id: TraceId, random: () => number): TraceId {
  return new TraceId(
    [int32(random), int32(random)],
    [id.spanHi, id.spanLo],
    [id.traceHi, id.traceLo],
    [id.flagsHi, id.flagsLo],
    id.high,
  );
}

function int32(random: () => number): number {
  return (random() * 0x1_0000_0000) | 0;
}

/** Whether two spans are of one trace. */
export function sameTrace(a: TraceId, b: TraceId): boolean {
  return a.traceHi === b.traceHi && a.traceLo === b.traceLo && a.high?.hi === b.high?.hi && a.high?.lo === b.high?.lo;
}

/** `l5d-reqid`: the low 64 bits of the trace id as 16 lower-case hex digits. */
export function reqid(id: TraceId): string {
  view.setInt32(0, id.traceHi);
  view.setInt32(4, id.traceLo);
  return scratch.toString('hex', 0, 8);
}

/** The same span with the sampling decision made. */
export function decide(id: TraceId, sampled: boolean): TraceId {
  const flags = sampled ? id.flagsLo | known | yes : (id.flagsLo | known) & ~yes;
  return new TraceId(
    [id.spanHi, id.spanLo],
    [id.parentHi, id.parentLo],
    [id.traceHi, id.traceLo],
    [id.flagsHi, flags],
    id.high,
  );
}

/** Whether a trace is in the sampled share `rate` (0 to 1): the same answer for all spans of a trace and one `salt` (int32). */
export function inSample(id: TraceId, rate: number, salt: number): boolean {
  return ((id.traceLo ^ salt) >>> 0) / 0x1_0000_0000 < rate;
}

/** Reads `l5d-sample`: a decimal number, clamped to 0..1; undefined (to be ignored) where it is none. */
export function readSampleRate(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  return Math.min(1, Math.max(0, Number(trimmed)));
}
