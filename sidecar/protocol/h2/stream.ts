// Hot.

import { backlog, type Waiter } from './backlog.ts';
import { Code, Flag, FRAME, Type } from './frame.ts';
import type { Sender } from './outgoing.ts';
import type { Session } from './session.ts';

/**
 * One stream on one side: its flow control in both directions.
 *
 * What is sent beyond the peer's window is queued, and the source of the body is paused; what is received is handed on
 * at once, and the window is given back only while whoever takes it keeps up. So a stalled peer holds at most one
 * window and one read of ours.
 */
export abstract class Stream implements Sender, Waiter {
  readonly session: Session;
  readonly id: number;
  sendWindow: number;
  /** Received and not yet given back. */
  owed = 0;
  /** Whoever takes the body does not keep up: no window is given back. */
  paused = false;
  localDone = false;
  remoteDone = false;
  /** Reset or finished: nothing is sent or taken any more. */
  gone = false;
  /** What the peer may send before it is given more. */
  #window: number;
  #queue: Buffer[] = [];
  /** Bytes in it. */
  #waiting = 0;
  /** Trailers behind the queue, once the body is complete. */
  #ending: string | undefined;
  #full = false;

  constructor(session: Session, id: number) {
    this.session = session;
    this.id = id;
    this.sendWindow = session.peer.window;
    this.#window = session.firstWindow;
  }

  /** Body bytes have come; the caller's again when the call returns. */
  abstract received(bytes: Buffer, from: number, to: number): void;
  /** The peer's side is complete; `trailers` is a block of lines. */
  abstract receivedEnd(trailers: string): void;
  /**
   * The stream is over before its time: `code` says why, as the peer put it, or as we did (`ours`); `lost`: with its
   * connection.
   */
  abstract broken(code: number, lost: boolean, ours?: boolean): void;
  /** What we send has to wait, and may go on. */
  abstract full(): void;
  abstract drained(): void;
  /** Both sides are complete. */
  abstract finished(): void;

  get queued(): boolean {
    return this.#queue.length > 0;
  }

  /** Sends body bytes, or queues a copy. */
  send(bytes: Buffer, from: number, to: number): void {
    if (this.gone || this.localDone) return;
    const at = this.queued ? from : this.#push(bytes, from, to);
    if (at === to) return;
    this.#queue.push(Buffer.from(bytes.subarray(at, to)));
    this.#waiting += to - at;
    backlog.grew(this, to - at);
    this.session.out.wait(this);
    if (this.#full) return;
    this.#full = true;
    this.full();
  }

  /** Ends our side, with trailers or without, behind whatever is queued. */
  sendEnd(trailers: string): void {
    if (this.gone || this.localDone) return;
    if (this.queued) this.#ending = trailers;
    else this.#end(trailers);
  }

  /** The window or the connection has room again: sends what it can of the queue. */
  pump(): void {
    while (this.#queue.length > 0) {
      const bytes = this.#queue[0] as Buffer;
      const at = this.#push(bytes, 0, bytes.length);
      if (at > 0) this.#left(this.#waiting - at);
      if (at < bytes.length) {
        this.#queue[0] = bytes.subarray(at);
        this.session.out.wait(this);
        return;
      }
      this.#queue.shift();
    }
    const ending = this.#ending;
    if (ending !== undefined) {
      this.#ending = undefined;
      this.#end(ending);
      return;
    }
    if (!this.#full) return;
    this.#full = false;
    this.drained();
  }

  /** Gives the window back for what has been taken, in steps of half a window; the first time, all that there may be. */
  giveBack(): void {
    const half = Math.max(1, this.#window >> 1);
    if (this.paused || this.remoteDone || this.gone || this.owed < half) return;
    const { out, limits } = this.session;
    out.updateWindow(this.id, this.owed + limits.window - this.#window);
    this.#window = limits.window;
    this.owed = 0;
  }

  pauseReceiving(): void {
    this.paused = true;
  }

  resumeReceiving(): void {
    this.paused = false;
    this.giveBack();
  }

  discard(): void {
    this.gone = true;
    this.#queue = [];
    this.#left(0);
    this.#ending = undefined;
  }

  overrun(): void {
    if (this.gone) return;
    this.session.reset(this, Code.calm);
    this.broken(Code.calm, false, true);
  }

  #left(waiting: number): void {
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    backlog.moved(this, waiting);
  }

  /** Sends what the windows allow of bytes[from, to); gives the index reached. */
  #push(bytes: Buffer, from: number, to: number): number {
    const { out } = this.session;
    let at = from;
    while (at < to) {
      const n = Math.min(to - at, FRAME, out.room(), this.sendWindow);
      if (n <= 0) return at;
      out.data(this.id, bytes, at, at + n);
      this.sendWindow -= n;
      at += n;
    }
    return at;
  }

  #end(trailers: string): void {
    this.localDone = true;
    if (trailers === '') this.session.out.frame(Type.data, Flag.endStream, this.id, '');
    else this.session.out.headers(this.id, this.session.form.trailers(trailers), true);
    this.session.settle(this);
  }
}
