// Hot.
import '../buffer.ts';
import { Code, Flag, MAX_WINDOW, Type, WINDOW } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import type { HeadReader } from './head-form.ts';
import type { Session } from './session.ts';
import type { Stream } from './stream.ts';

/** Receive window of a connection: given back as bytes come, so that one stalled stream stalls no other. */
export const CONNECTION_WINDOW = 1 << 24;
/** Encoded bytes of one header block, over all its CONTINUATION frames. */
const BLOCK_FACTOR = 4;
/** Window updates below so many bytes are a nuisance. */
const DRIBBLE = 64;

/** What comes in on one connection: hands frames to their streams, and holds the peer to the rules. */
export class Incoming implements FrameSink {
  readonly #session: Session;
  readonly #head: HeadReader;
  readonly #reader: FrameReader;
  /** Bytes of DATA taken and not yet given back to the connection's window. */
  #unacked = 0;
  /** Bytes a stream may have sent and not been given back. */
  #owable: number;
  /** The stream of the DATA frame in progress; undefined where its bytes are read over. */
  #data: Stream | undefined;

  constructor(session: Session) {
    const { limits, server, form } = session;
    this.#session = session;
    this.#reader = new FrameReader(server, limits.headerList * BLOCK_FACTOR, this, form.frame);
    this.#head = form.reader(limits.headerList);
    // Until it has our settings, a peer goes by the window that every stream has without them.
    this.#owable = Math.max(limits.window, WINDOW);
  }

  get gone(): boolean {
    return this.#session.gone;
  }

  get unfinished(): object | undefined {
    return this.#reader.unfinished;
  }

  read(bytes: Buffer, from: number, to: number): void {
    this.#reader.read(bytes, from, to);
  }

  fail(code: number): void {
    this.#session.fail(code);
  }

  dataBegins(id: number, length: number, empty: boolean, ends: boolean): void {
    const session = this.#session;
    // The connection's window is given back at once, padding and unwanted bytes included.
    this.#unacked += length;
    if (this.#unacked > CONNECTION_WINDOW >> 1) {
      session.out.updateWindow(0, this.#unacked);
      this.#unacked = 0;
    }
    const stream = session.streams.get(id);
    this.#data = undefined;
    if (stream === undefined) return this.#strayData(id, length, empty, ends);
    if (stream.remoteDone) return session.refuse(stream, Code.streamClosed);
    stream.owed += length;
    if (stream.owed > this.#owable && length > 0) return session.fail(Code.flowControl);
    if (empty && !ends && !session.nuisance(1)) return;
    this.#data = stream;
  }

  dataBytes(bytes: Buffer, from: number, to: number): void {
    const stream = this.#data;
    if (stream !== undefined && !stream.gone) stream.received(bytes, from, to);
  }

  dataDone(ends: boolean): void {
    const stream = this.#data;
    this.#data = undefined;
    if (stream === undefined || stream.gone) return;
    if (ends) this.#session.ended(stream, '');
    else stream.giveBack();
  }

  continues(bytes: number): boolean {
    return this.#session.nuisance(bytes === 0 ? 100 : 4);
  }

  block(id: number, bytes: Buffer, from: number, to: number, ends: boolean): void {
    const session = this.#session;
    if (!this.#head.take(bytes, from, to)) return session.fail(Code.compression);
    if (foreign(id)) return session.fail(Code.protocol);
    const stream = session.streams.get(id);
    if (stream?.remoteDone) return session.refuse(stream, Code.streamClosed);
    if (stream === undefined && id <= session.lastStream && session.resetStreams.forgives(id, 0, ends)) {
      session.nuisance(1);
      return;
    }
    session.onHead(id, this.#head, ends);
  }

  control(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    const length = to - from;
    switch (type) {
      case Type.priority:
        if (id === 0) return session.fail(Code.protocol);
        if (length !== 5) return this.#streamError(id, Code.frameSize);
        if (u31(bytes, from) === id) return this.#streamError(id, Code.protocol);
        session.nuisance(1);
        return;
      case Type.reset:
        if (id === 0) return session.fail(Code.protocol);
        return length === 4 ? this.#resetFrame(id, bytes.readUInt32BE(from)) : session.fail(Code.frameSize);
      case Type.settings:
        if (id !== 0) return session.fail(Code.protocol);
        if (session.nuisance(1 + length / 60)) this.#settingsFrame(bytes, flags, from, to);
        return;
      case Type.ping:
        if (id !== 0) return session.fail(Code.protocol);
        if (length !== 8) return session.fail(Code.frameSize);
        if (!session.nuisance(1)) return;
        if ((flags & Flag.ack) !== 0) session.onPong();
        else session.out.frame(Type.ping, Flag.ack, 0, bytes.latin1Slice(from, to));
        return;
      case Type.goaway:
        if (id !== 0) return session.fail(Code.protocol);
        if (length < 8) return session.fail(Code.frameSize);
        if (session.nuisance(1)) session.onGoaway(u31(bytes, from), bytes.readUInt32BE(from + 4));
        return;
      case Type.window:
        return length === 4 ? this.#windowFrame(id, u31(bytes, from)) : session.fail(Code.frameSize);
      case Type.push:
        return session.fail(Code.protocol);
      default:
        session.nuisance(1); // unknown frames are read over (RFC 9113 §5.5)
    }
  }

  #resetFrame(id: number, code: number): void {
    const session = this.#session;
    const stream = session.streams.get(id);
    if (stream === undefined) {
      this.#stray(id);
      return;
    }
    // Only what was begun in vain is held against a caller, not the reset of a request that has its answer.
    if (session.server && !stream.localDone && !session.spare()) return;
    session.drop(stream);
    stream.broken(code, false);
  }

  #settingsFrame(bytes: Buffer, flags: number, from: number, to: number): void {
    const session = this.#session;
    const { peer, out } = session;
    if ((flags & Flag.ack) !== 0) {
      if (to !== from) session.fail(Code.frameSize);
      this.#owable = session.limits.window;
      return;
    }
    const before = peer.window;
    const code = peer.apply(bytes, from, to);
    if (code !== Code.none) return session.fail(code);
    if (peer.smallTable) out.tellTable();
    const by = peer.window - before;
    for (const stream of by === 0 ? [] : session.streams.values()) {
      stream.sendWindow += by;
      if (stream.sendWindow > MAX_WINDOW) return session.fail(Code.flowControl);
      if (stream.queued) out.wait(stream);
    }
    out.frame(Type.settings, Flag.ack, 0, '');
    out.pump();
    session.onRoom();
  }

  #windowFrame(id: number, by: number): void {
    const session = this.#session;
    if (id === 0) {
      if (by === 0) return session.fail(Code.protocol);
      if (!session.out.widen(by)) return session.fail(Code.flowControl);
      if (by >= DRIBBLE || session.nuisance(1)) session.out.pump();
      return;
    }
    const stream = session.streams.get(id);
    if (stream === undefined) {
      this.#stray(id);
      return;
    }
    if (by === 0) return session.refuse(stream, Code.protocol);
    stream.sendWindow += by;
    if (stream.sendWindow > MAX_WINDOW) return session.refuse(stream, Code.flowControl);
    if (by >= DRIBBLE || session.nuisance(1)) stream.pump();
  }

  /** A frame for a stream that is over (it may have crossed our end of it), or one that never was: false. */
  #stray(id: number): boolean {
    if (id <= this.#session.lastStream && !foreign(id)) return this.#session.nuisance(1);
    this.#session.fail(Code.protocol);
    return false;
  }

  #strayData(id: number, length: number, empty: boolean, ends: boolean): void {
    const { resetStreams, out } = this.#session;
    if ((!empty || ends) && resetStreams.forgives(id, length, ends)) return;
    if (this.#stray(id)) out.reset(id, Code.streamClosed);
  }

  #streamError(id: number, code: number): void {
    const { streams, out } = this.#session;
    const stream = streams.get(id);
    if (stream !== undefined) this.#session.refuse(stream, code);
    else if (this.#session.nuisance(1)) out.reset(id, code);
  }
}

/** Streams are opened by clients alone, and so are odd. */
const foreign = (id: number): boolean => (id & 1) === 0;

function u31(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7fffffff;
}
