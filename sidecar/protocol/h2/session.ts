// Hot.
import '../buffer.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Wire, WireHandler } from '../wire.ts';
import { FloodGuard } from './flood.ts';
import { Code, Flag, FRAME, frameHeader, MAX_WINDOW, PREFACE, Setting, setting, Type, u32, WINDOW } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { Outbox } from './outbox.ts';
import { PeerSettings } from './peer-settings.ts';
import type { Entry } from './static-table.ts';
import type { Stream } from './stream.ts';

export interface SessionLimits {
  /** Streams a peer may have open at once. */
  readonly streams: number;
  /** Receive window of a stream, in bytes. */
  readonly window: number;
  /** What a header block may unfold to, each field counting 32 bytes more. */
  readonly headerList: number;
}

export const defaultLimits: SessionLimits = { streams: 250, window: 256 * 1024, headerList: 16 * 1024 };

/** Receive window of a connection: given back as bytes come, so that one stalled stream stalls no other. */
const CONNECTION_WINDOW = 1 << 24;
/** Encoded bytes of one header block, over all its CONTINUATION frames. */
const BLOCK_FACTOR = 4;
/** Bytes the socket may hold before DATA waits. */
const HIGH_WATER = 1 << 18;
/** Bytes the socket may hold when answers to a peer that does not read are still made. */
const DEAF = 1 << 22;
/** Window updates below so many bytes are a nuisance. */
const DRIBBLE = 64;

/** One HTTP/2 connection, either side: frames, settings, flow control, limits (RFC 9113). */
export abstract class Session implements WireHandler, FrameSink {
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly streams = new Map<number, Stream>();
  readonly windowStep: number;
  readonly peer = new PeerSettings();
  gone = false;
  protected wire!: Wire;
  protected readonly out = new Outbox(() => this.wire);
  /** Highest stream the peer opened, or that we did. */
  protected lastStream = 0;
  readonly #server: boolean;
  readonly #decoder = new HpackDecoder();
  readonly #nuisance: FloodGuard;
  readonly #resets: FloodGuard;
  readonly #reader: FrameReader;
  #sendWindow = WINDOW;
  #unacked = 0;
  #blocked = new Set<Stream>();
  #choked = false;
  /** The stream of the DATA frame in progress; undefined where its bytes are read over. */
  #data: Stream | undefined;

  constructor(server: boolean, limits: SessionLimits, clock: Clock) {
    this.#server = server;
    this.limits = limits;
    this.clock = clock;
    this.windowStep = limits.window >> 1;
    this.#reader = new FrameReader(server, limits.headerList * BLOCK_FACTOR, this);
    const now = clock.now();
    this.#nuisance = new FloodGuard(1000, 500, now);
    this.#resets = new FloodGuard(200, 100, now);
  }

  /** Says hello. */
  attach(wire: Wire): void {
    this.wire = wire;
    const { streams, window, headerList } = this.limits;
    const settings =
      (this.#server
        ? setting(Setting.maxStreams, streams) + setting(Setting.connectProtocol, 1)
        : setting(Setting.push, 0)) +
      setting(Setting.window, window) +
      setting(Setting.maxList, headerList);
    if (!this.#server) this.out.text(PREFACE);
    this.frame(Type.settings, 0, 0, settings);
    this.updateWindow(0, CONNECTION_WINDOW - WINDOW);
  }

  /** A header block for a stream that is open, about to be, or known to be closed. */
  protected abstract onHeaders(id: number, fields: readonly Entry[], ends: boolean, tooLarge: boolean): void;
  protected abstract onGoaway(last: number, code: number): void;
  protected abstract onGone(): void;
  /** Settings of the peer have come, or room for another stream. */
  protected abstract onRoom(): void;

  // Writing.

  frame(type: number, flags: number, stream: number, payload: string): void {
    if (!this.gone) this.out.text(frameHeader(payload.length, type, flags, stream) + payload);
  }

  /** A header block, cut into CONTINUATION frames where it is long. */
  headers(stream: number, block: string, ends: boolean): void {
    const flags = ends ? Flag.endStream : 0;
    if (block.length <= FRAME) {
      this.frame(Type.headers, flags | Flag.endHeaders, stream, block);
      return;
    }
    this.frame(Type.headers, flags, stream, block.slice(0, FRAME));
    for (let at = FRAME; at < block.length; at += FRAME) {
      const part = block.slice(at, at + FRAME);
      this.frame(Type.continuation, at + part.length === block.length ? Flag.endHeaders : 0, stream, part);
    }
  }

  dataFrame(stream: number, bytes: Buffer, from: number, to: number): void {
    this.#sendWindow -= to - from;
    this.out.text(frameHeader(to - from, Type.data, 0, stream));
    this.out.write(bytes, from, to);
  }

  /** Bytes of DATA that may be sent now. */
  room(): number {
    return this.#choked ? 0 : this.#sendWindow;
  }

  /** A stream has more to send than the windows allow. */
  wait(stream: Stream): void {
    this.#blocked.add(stream);
  }

  updateWindow(stream: number, by: number): void {
    this.frame(Type.window, 0, stream, u32(by));
  }

  /** Ends a stream for cause, and forgets it. */
  reset(stream: Stream, code: number): void {
    if (stream.gone) return;
    this.frame(Type.reset, 0, stream.id, u32(code));
    this.drop(stream);
  }

  drop(stream: Stream): void {
    stream.discard();
    this.#blocked.delete(stream);
    this.streams.delete(stream.id);
    if (this.#data === stream) this.#data = undefined;
    this.onRoom();
  }

  /** Forgets a stream when both sides are complete. */
  settle(stream: Stream): void {
    if (stream.gone || !stream.localDone || !stream.remoteDone) return;
    this.drop(stream);
    stream.finished();
  }

  /** Ends the connection for cause; the peer learns the code. */
  fail(code: number): void {
    if (this.gone) return;
    this.frame(Type.goaway, 0, 0, u32(this.#server ? this.lastStream : 0) + u32(code));
    this.out.flush();
    this.#leave(code);
    this.wire.end();
  }

  /** Ends the connection in peace: nothing is open any more. */
  protected leave(): void {
    if (this.gone) return;
    this.out.flush();
    this.#leave(Code.none);
    this.wire.end();
  }

  full(): void {
    if (this.wire.socket.writableLength > HIGH_WATER) this.#choked = true;
  }

  drained(): void {
    if (!this.#choked) return;
    this.#choked = false;
    this.#pump();
  }

  closed(): void {
    this.#leave(Code.cancel);
  }

  #leave(code: number): void {
    if (this.gone) return;
    this.gone = true;
    for (const stream of [...this.streams.values()]) {
      this.drop(stream);
      stream.broken(code);
    }
    this.onGone();
  }

  #pump(): void {
    if (this.#blocked.size === 0) return;
    const blocked = this.#blocked;
    this.#blocked = new Set();
    for (const stream of blocked) stream.pump();
  }

  // Reading.

  data(bytes: Buffer, from: number, to: number): void {
    this.#reader.read(bytes, from, to);
  }

  dataBegins(id: number, length: number, empty: boolean, ends: boolean): void {
    // The connection's window is given back at once, padding and unwanted bytes included.
    this.#unacked += length;
    if (this.#unacked > CONNECTION_WINDOW >> 1) {
      this.updateWindow(0, this.#unacked);
      this.#unacked = 0;
    }
    const stream = this.streams.get(id);
    this.#data = undefined;
    if (stream === undefined) return this.#closedStream(id, Code.streamClosed);
    if (stream.remoteDone) return this.refuse(stream, Code.streamClosed);
    stream.owed += length;
    if (stream.owed > this.limits.window) return this.fail(Code.flowControl);
    if (empty && !ends && !this.nuisance(1)) return;
    this.#data = stream;
  }

  dataBytes(bytes: Buffer, from: number, to: number): void {
    this.#data?.received(bytes, from, to);
  }

  dataDone(ends: boolean): void {
    const stream = this.#data;
    this.#data = undefined;
    if (stream === undefined || stream.gone) return;
    if (ends) this.ended(stream, '');
    else stream.giveBack();
  }

  /** The peer has completed its side of a stream. */
  protected ended(stream: Stream, trailers: string): void {
    stream.remoteDone = true;
    stream.receivedEnd(trailers);
    this.settle(stream);
  }

  continues(bytes: number): boolean {
    return this.nuisance(bytes === 0 ? 100 : 4);
  }

  block(id: number, bytes: Buffer, from: number, to: number, ends: boolean): void {
    const fields: Entry[] = [];
    const limit = this.limits.headerList;
    let size = 0;
    const sane = this.#decoder.decode(bytes, from, to, (field) => {
      size += field.size;
      if (size <= limit) fields.push(field);
    });
    if (!sane) return this.fail(Code.compression);
    if (foreign(id)) return this.fail(Code.protocol);
    const stream = this.streams.get(id);
    if (stream?.remoteDone) return this.refuse(stream, Code.streamClosed);
    this.onHeaders(id, fields, ends, size > limit);
  }

  control(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    switch (type) {
      case Type.priority:
        if (id === 0) return this.fail(Code.protocol);
        if (length !== 5) return this.#streamError(id, Code.frameSize);
        if (u31(bytes, from) === id) return this.#streamError(id, Code.protocol);
        this.nuisance(1);
        return;
      case Type.reset:
        if (id === 0) return this.fail(Code.protocol);
        return length === 4 ? this.#resetFrame(id, bytes.readUInt32BE(from)) : this.fail(Code.frameSize);
      case Type.settings:
        if (id !== 0) return this.fail(Code.protocol);
        return this.#settingsFrame(bytes, flags, from, to);
      case Type.ping:
        if (id !== 0) return this.fail(Code.protocol);
        if (length !== 8) return this.fail(Code.frameSize);
        if ((flags & Flag.ack) !== 0) this.onPong();
        else if (this.nuisance(1)) this.frame(Type.ping, Flag.ack, 0, bytes.latin1Slice(from, to));
        return;
      case Type.goaway:
        if (id !== 0) return this.fail(Code.protocol);
        if (length < 8) return this.fail(Code.frameSize);
        return this.onGoaway(u31(bytes, from), bytes.readUInt32BE(from + 4));
      case Type.window:
        return length === 4 ? this.#windowFrame(id, u31(bytes, from)) : this.fail(Code.frameSize);
      case Type.push:
        return this.fail(Code.protocol);
      default:
        this.nuisance(1); // unknown frames are read over (RFC 9113 §5.5)
    }
  }

  protected onPong(): void {}

  #resetFrame(id: number, code: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return this.#closedStream(id, Code.none);
    if (this.#server && !this.#resets.allows(1, this.clock.now())) return this.fail(Code.calm);
    this.drop(stream);
    stream.broken(code);
  }

  #settingsFrame(bytes: Buffer, flags: number, from: number, to: number): void {
    if ((flags & Flag.ack) !== 0) {
      if (to !== from) this.fail(Code.frameSize);
      return;
    }
    if (!this.nuisance(1 + (to - from) / 60)) return;
    const before = this.peer.window;
    const code = this.peer.apply(bytes, from, to);
    if (code !== Code.none) return this.fail(code);
    const by = this.peer.window - before;
    for (const stream of by === 0 ? [] : this.streams.values()) {
      stream.sendWindow += by;
      if (stream.sendWindow > MAX_WINDOW) return this.fail(Code.flowControl);
      if (stream.queued) this.#blocked.add(stream);
    }
    this.frame(Type.settings, Flag.ack, 0, '');
    this.#pump();
    this.onRoom();
  }

  #windowFrame(id: number, by: number): void {
    if (id === 0) {
      if (by === 0) return this.fail(Code.protocol);
      this.#sendWindow += by;
      if (this.#sendWindow > MAX_WINDOW) return this.fail(Code.flowControl);
      if (by >= DRIBBLE || this.nuisance(1)) this.#pump();
      return;
    }
    const stream = this.streams.get(id);
    if (stream === undefined) return this.#closedStream(id, Code.none);
    if (by === 0) return this.refuse(stream, Code.protocol);
    stream.sendWindow += by;
    if (stream.sendWindow > MAX_WINDOW) return this.refuse(stream, Code.flowControl);
    if (by >= DRIBBLE || this.nuisance(1)) stream.pump();
  }

  /** A frame for a stream that is over (it may have crossed our end of it), or one that never was. */
  #closedStream(id: number, code: number): void {
    if (id > this.lastStream || foreign(id)) return this.fail(Code.protocol);
    if (this.nuisance(1) && code !== Code.none) this.frame(Type.reset, 0, id, u32(code));
  }

  #streamError(id: number, code: number): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.refuse(stream, code);
    else if (this.nuisance(1)) this.frame(Type.reset, 0, id, u32(code));
  }

  /** The peer broke a rule on one stream: it is reset, and that counts like a reset of the peer's. */
  protected refuse(stream: Stream, code: number): void {
    if (!this.#resets.allows(1, this.clock.now())) return this.fail(Code.calm);
    this.reset(stream, code);
    stream.broken(code);
  }

  /** Whether the peer may be so much of a nuisance still; if not, the connection ends. */
  protected nuisance(units: number): boolean {
    if (this.#nuisance.allows(units, this.clock.now()) && this.wire.socket.writableLength < DEAF) return true;
    this.fail(Code.calm);
    return false;
  }
}

/** Streams are opened by clients alone, and so are odd. */
const foreign = (id: number): boolean => (id & 1) === 0;

function u31(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7fffffff;
}
