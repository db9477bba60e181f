// Hot.
import '../buffer.ts';
import { Code, Flag, FRAME, HEADER, PREFACE, Type } from './frame.ts';

/** What a connection does with the frames it reads. */
export interface FrameSink {
  readonly gone: boolean;
  /** The peer broke a rule: the connection is over. */
  fail(code: number): void;
  /** A DATA frame begins. `length` counts for flow control: data, padding and its length byte. */
  dataBegins(stream: number, length: number, empty: boolean, ends: boolean): void;
  /** Some of its data; the reader's again when the call returns. */
  dataBytes(bytes: Buffer, from: number, to: number): void;
  dataDone(ends: boolean): void;
  /** A whole header block. */
  block(stream: number, bytes: Buffer, from: number, to: number, ends: boolean): void;
  /** One more CONTINUATION of so many bytes; false ends the connection. */
  continues(bytes: number): boolean;
  /** Any other frame, whole. */
  control(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void;
}

/**
 * Takes a byte stream apart into frames. DATA is handed on as it comes; everything else is whole, at most 16 KB, and a
 * header block is put together from its parts (RFC 9113 §4, §6.2, §6.10).
 */
export class FrameReader {
  readonly #sink: FrameSink;
  /** Type of the frames that carry heads; there are none of the other. */
  readonly #heads: number;
  /** Encoded bytes of one header block at most. */
  readonly #blockLimit: number;
  #preface: number;
  #settled = false;
  /** A frame that has not come whole, and how much of it has. */
  #part: Buffer | undefined;
  #held = 0;
  #dataLeft = 0;
  #padLeft = 0;
  #dataEnds = false;
  #block: Buffer[] | undefined;
  #blockStream = 0;
  #blockBytes = 0;
  #blockEnds = false;

  constructor(server: boolean, blockLimit: number, sink: FrameSink, heads: number = Type.headers) {
    this.#heads = heads;
    this.#sink = sink;
    this.#blockLimit = blockLimit;
    this.#preface = server ? PREFACE.length : 0;
  }

  /** A frame, a header block or a preface that has begun and is not complete: an object of its own for each. */
  get unfinished(): object | undefined {
    return this.#block ?? this.#part ?? (this.#preface > 0 && this.#preface < PREFACE.length ? this : undefined);
  }

  read(bytes: Buffer, from: number, to: number): void {
    let at = from;
    if (this.#preface > 0) {
      at = this.#greeting(bytes, at, to);
      if (at < 0) return this.#sink.fail(Code.protocol);
    }
    if (this.#part !== undefined) at = this.#complete(bytes, at, to);
    while (at < to && !this.#sink.gone) {
      const next = this.#dataLeft > 0 || this.#padLeft > 0 ? this.#payload(bytes, at, to) : this.#frame(bytes, at, to);
      if (next === at) return this.#keep(bytes, at, to);
      at = next;
    }
  }

  /** Keeps the beginning of a frame, in a buffer as large as what is known of it. */
  #keep(bytes: Buffer, from: number, to: number): void {
    this.#part = Buffer.allocUnsafeSlow(to - from < HEADER ? HEADER : needed(bytes, from));
    this.#held = bytes.copy(this.#part, 0, from, to);
  }

  /** Adds to the frame that is kept until it is whole; gives the index behind what was added. */
  #complete(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#part !== undefined && !this.#sink.gone) {
      const part = this.#part;
      const n = bytes.copy(part, this.#held, at, Math.min(to, at + part.length - this.#held));
      this.#held += n;
      at += n;
      if (this.#held < part.length) break;
      this.#part = undefined;
      if (this.#frame(part, 0, part.length) === 0) this.#keep(part, 0, part.length); // its header: now its size is known
    }
    return at;
  }

  /** The client's preface; -1 where it is another protocol. */
  #greeting(bytes: Buffer, from: number, to: number): number {
    const n = Math.min(this.#preface, to - from);
    const start = PREFACE.length - this.#preface;
    if (bytes.latin1Slice(from, from + n) !== PREFACE.slice(start, start + n)) return -1;
    this.#preface -= n;
    return from + n;
  }

  /** One frame, or the start of a DATA frame; gives the index behind it, `at` where it is not whole. */
  #frame(b: Buffer, at: number, end: number): number {
    if (end - at < HEADER) return at;
    const length = ((b[at] as number) << 16) | ((b[at + 1] as number) << 8) | (b[at + 2] as number);
    const type = b[at + 3] as number;
    const flags = b[at + 4] as number;
    const stream = b.readUInt32BE(at + 5) & 0x7fffffff;
    const body = at + HEADER;
    if (length > FRAME) return this.#wrong(Code.frameSize, end);
    if (!this.#settled && type !== Type.settings) return this.#wrong(Code.protocol, end);
    if (this.#block !== undefined && (type !== Type.continuation || stream !== this.#blockStream)) {
      return this.#wrong(Code.protocol, end);
    }
    if (type === Type.data) return this.#dataFrame(b, at, end, stream, length, flags);
    if (end - body < length) return at;
    this.#settled = true;
    if (type === this.#heads) this.#headers(b, flags, stream, body, body + length);
    else if (type === Type.headers) this.#sink.fail(Code.protocol);
    else if (type === Type.continuation) this.#continuation(b, flags, body, body + length);
    else this.#sink.control(type, flags, stream, b, body, body + length);
    return body + length;
  }

  #dataFrame(b: Buffer, at: number, end: number, stream: number, length: number, flags: number): number {
    const padded = (flags & Flag.padded) !== 0 ? 1 : 0;
    if (stream === 0 || length < padded) return this.#wrong(Code.protocol, end);
    if (end - at < HEADER + padded) return at;
    const padding = padded === 1 ? (b[at + HEADER] as number) : 0;
    const data = length - padded - padding;
    if (data < 0) return this.#wrong(Code.protocol, end);
    this.#dataLeft = data;
    this.#padLeft = padding;
    this.#dataEnds = (flags & Flag.endStream) !== 0;
    this.#sink.dataBegins(stream, length, data === 0, this.#dataEnds);
    if (data === 0 && padding === 0) this.#sink.dataDone(this.#dataEnds);
    return at + HEADER + padded;
  }

  #payload(bytes: Buffer, from: number, to: number): number {
    let at = from;
    if (this.#dataLeft > 0) {
      const n = Math.min(this.#dataLeft, to - at);
      this.#dataLeft -= n;
      this.#sink.dataBytes(bytes, at, at + n);
      at += n;
    }
    if (this.#dataLeft === 0) {
      const n = Math.min(this.#padLeft, to - at);
      this.#padLeft -= n;
      at += n;
      if (this.#padLeft === 0) this.#sink.dataDone(this.#dataEnds);
    }
    return at;
  }

  #headers(bytes: Buffer, flags: number, stream: number, from: number, to: number): void {
    let at = from;
    let end = to;
    if ((flags & Flag.padded) !== 0) end -= at < end ? (bytes[at++] as number) : to;
    if ((flags & Flag.priority) !== 0) {
      // Priorities are ignored, but a stream may not depend on itself (RFC 7540 §5.3.1).
      if (end - at >= 5 && (bytes.readUInt32BE(at) & 0x7fffffff) === stream) end = -1;
      at += 5;
    }
    if (stream === 0 || end < at) return this.#sink.fail(Code.protocol);
    const ends = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) !== 0) return this.#sink.block(stream, bytes, at, end, ends);
    this.#block = [Buffer.from(bytes.subarray(at, end))];
    this.#blockStream = stream;
    this.#blockBytes = end - at;
    this.#blockEnds = ends;
  }

  #continuation(bytes: Buffer, flags: number, from: number, to: number): void {
    const block = this.#block;
    if (block === undefined) return this.#sink.fail(Code.protocol);
    this.#blockBytes += to - from;
    if (this.#blockBytes > this.#blockLimit) return this.#sink.fail(Code.calm);
    if (!this.#sink.continues(to - from)) return;
    block.push(Buffer.from(bytes.subarray(from, to)));
    if ((flags & Flag.endHeaders) === 0) return;
    this.#block = undefined;
    const whole = Buffer.concat(block);
    this.#sink.block(this.#blockStream, whole, 0, whole.length, this.#blockEnds);
  }

  #wrong(code: number, end: number): number {
    this.#sink.fail(code);
    return end;
  }
}

/** Bytes that have to be there before a frame can be dealt with: all of it, of DATA only what comes before the data. */
function needed(bytes: Buffer, at: number): number {
  if (bytes[at + 3] === Type.data) return HEADER + 1;
  return HEADER + (((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number));
}
