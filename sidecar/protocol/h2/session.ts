// Hot.
import type { Clock } from '../../../core/clock.ts';
import type { Wire, WireHandler } from '../wire.ts';
import { FloodGuard } from './flood.ts';
import { Code, PREFACE, Setting, setting, Type, WINDOW } from './frame.ts';
import type { HeadForm, HeadReader } from './head-form.ts';
import { hpackForm } from './hpack-form.ts';
import { CONNECTION_WINDOW, Incoming } from './incoming.ts';
import { Outgoing } from './outgoing.ts';
import { PeerSettings } from './peer-settings.ts';
import { ResetStreams } from './reset-streams.ts';
import type { Stream } from './stream.ts';
import { StreamTable } from './stream-table.ts';

export interface SessionLimits {
  /** Streams a peer may have open at once. */
  readonly streams: number;
  /** Receive window of a stream, in bytes, at its largest. */
  readonly window: number;
  /** What a header block may unfold to, each field counting 32 bytes more. */
  readonly headerList: number;
}

/** So much of an answer is held where nobody takes it: a thousand answers to a caller that reads none are 32 MB. */
const FIRST_WINDOW = 1 << 15;
/** Bytes the socket may hold when answers to a peer that does not read are still made. */
const DEAF = 1 << 22;
/** Milliseconds a peer that broke the rules has to read why. */
const FAREWELL = 1000;

/** One HTTP/2 connection, either side: its streams, from the first to the end of the last (RFC 9113). */
export abstract class Session implements WireHandler {
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly server: boolean;
  readonly form: HeadForm;
  readonly streams = new StreamTable<Stream>();
  readonly resetStreams = new ResetStreams();
  readonly peer = new PeerSettings();
  readonly out: Outgoing;
  /** The window a stream begins with; it has all of `limits.window` once its bytes are seen to be taken. */
  readonly firstWindow: number;
  /** Highest stream the peer opened, or that we did. */
  lastStream = 0;
  gone = false;
  /** Bytes have come since someone last looked. */
  heard = false;
  protected wire!: Wire;
  readonly #in: Incoming;
  /** Cheap frames, and streams begun for nothing: both are earned back by requests that are carried out. */
  readonly #nuisance: FloodGuard;
  readonly #resets: FloodGuard;

  constructor(server: boolean, limits: SessionLimits, clock: Clock, form: HeadForm = hpackForm) {
    this.server = server;
    this.form = form;
    this.limits = limits;
    this.clock = clock;
    this.firstWindow = server ? limits.window : Math.min(limits.window, FIRST_WINDOW);
    const now = clock.now();
    this.#nuisance = new FloodGuard(1000, 500, now);
    this.#resets = new FloodGuard(200, 100, now);
    this.out = new Outgoing(() => this.wire, this.#nuisance, form.frame);
    this.#in = new Incoming(this);
  }

  /** Says hello. */
  attach(wire: Wire): void {
    this.wire = wire;
    const { streams, headerList } = this.limits;
    const settings =
      (this.server
        ? setting(Setting.maxStreams, streams) + setting(Setting.connectProtocol, 1)
        : setting(Setting.push, 0)) +
      setting(Setting.window, this.firstWindow) +
      setting(Setting.maxList, headerList);
    if (!this.server) this.out.bytes(PREFACE);
    this.out.frame(Type.settings, 0, 0, settings);
    this.out.updateWindow(0, CONNECTION_WINDOW - WINDOW);
  }

  /** A head on a stream that is open or about to be; or over, as long as it is not known to be complete. */
  abstract onHead(id: number, head: HeadReader, ends: boolean): void;
  abstract onGoaway(last: number, code: number): void;
  /** Settings of the peer have come, or room for another stream. */
  abstract onRoom(): void;
  onPong(): void {}
  /** No stream can be begun any more. */
  protected onGone(): void {}
  /** The connection is closed, and what was said is out. */
  protected onClosed(): void {}

  /** The peer has completed its side of a stream. */
  ended(stream: Stream, trailers: string): void {
    stream.remoteDone = true;
    stream.receivedEnd(trailers);
    this.settle(stream);
  }

  /** Forgets a stream when both sides are complete. */
  settle(stream: Stream): void {
    if (stream.gone || !stream.localDone || !stream.remoteDone) return;
    this.#nuisance.earn(4);
    this.#resets.earn(1);
    this.drop(stream);
    stream.finished();
  }

  /** Ends a stream for cause, and forgets it. */
  reset(stream: Stream, code: number): void {
    if (stream.gone) return;
    if (!stream.remoteDone) this.resetStreams.add(stream.id, this.#owable - stream.owed);
    this.out.reset(stream.id, code);
    this.drop(stream);
  }

  drop(stream: Stream): void {
    stream.discard();
    this.out.forget(stream);
    this.streams.delete(stream.id);
    this.onRoom();
  }

  /** A stream that is not taken; what still comes on it is read over. */
  protected ignore(id: number): void {
    this.resetStreams.add(id, this.#owable);
  }

  /** What the peer has begun to say: see FrameReader. */
  get unfinished(): object | undefined {
    return this.#in.unfinished;
  }

  get #owable(): number {
    return Math.max(this.limits.window, WINDOW);
  }

  /** The peer broke a rule on one stream: it is reset, and that counts like a reset of the peer's (CVE-2025-8671). */
  refuse(stream: Stream, code: number): void {
    if (!this.spare()) return;
    this.reset(stream, code);
    stream.broken(code, false, true);
  }

  /** Whether the peer may have begun one more stream in vain; if not, the connection ends. */
  spare(): boolean {
    if (this.#resets.allows(1, this.clock.now())) return true;
    this.fail(Code.calm);
    return false;
  }

  /** Whether the peer may be so much of a nuisance still; if not, the connection ends. */
  nuisance(units: number): boolean {
    if (this.#nuisance.allows(units, this.clock.now()) && this.wire.socket.writableLength < DEAF) return true;
    this.fail(Code.calm);
    return false;
  }

  /** Ends the connection for cause; the peer learns the code. */
  fail(code: number): void {
    if (this.gone) return;
    this.out.goaway(this.server ? this.lastStream : 0, code);
    this.#leave(Code.internal);
    this.wire.end();
    this.clock.after(FAREWELL, () => this.wire.destroy());
  }

  /** Ends the connection in peace: nothing is open any more. */
  protected leave(): void {
    if (this.gone) return;
    this.#leave(Code.none);
    this.wire.end();
  }

  #leave(code: number): void {
    if (this.gone) return;
    this.gone = true;
    this.out.end();
    for (const stream of this.streams.values()) {
      this.drop(stream);
      stream.broken(code, true);
    }
    this.onGone();
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.heard = true;
    this.#in.read(bytes, from, to);
  }

  full(): void {
    this.out.choke();
  }

  drained(): void {
    this.out.unchoke();
  }

  closed(): void {
    this.#leave(Code.cancel);
    this.onClosed();
  }
}
