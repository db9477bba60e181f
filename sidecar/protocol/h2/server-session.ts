// Hot.

import type { Clock } from '../../../core/clock.ts';
import { type Closable, nothingToClose } from '../../../core/closable.ts';
import type { Caller } from '../../router/caller.ts';
import type { MeshError } from '../../router/errors.ts';
import { ResponseHead } from '../../router/response-head.ts';
import type { Service } from '../../router/service.ts';
import { clearRequest } from '../clear-context.ts';
import type { Slow } from '../patience.ts';
import { turn, type Wire } from '../wire.ts';
import { Code, MAX_WINDOW, Type } from './frame.ts';
import type { HeadForm, HeadReader } from './head-form.ts';
import { CALLER_LOOK_MS, Liveness, type Watched } from './liveness.ts';
import { ServerStream } from './server-stream.ts';
import { Session, type SessionLimits } from './session.ts';

/** What a session needs of the server it belongs to. */
export interface H2ServerSide {
  readonly limits: SessionLimits;
  readonly form: HeadForm;
  readonly service: Service;
  readonly clock: Clock;
  /** Bodies of a known length up to this are gathered, so that the request can be sent again. */
  readonly gather: number;
  readonly errorBytes: number;
  readonly headerBytes: number;
  readonly clearContext: boolean;
  /** What goes into Via of responses: `h2 linkerd`. */
  readonly via: string;
  /** The code to reset a stream with instead of an answer; undefined for an answer (Linkerd §6.3). */
  resetFor(error: MeshError): number | undefined;
  /** A request has come; it may be changed. */
  received(x: ServerStream['x']): void;
  forget(session: ServerSession): void;
}

/** An answer of a status and nothing else. */
function bare(status: number): ResponseHead {
  const head = new ResponseHead();
  head.status = status;
  return head;
}

/** A caller's connection: many requests at once. */
export class ServerSession extends Session implements Watched, Slow {
  readonly side: H2ServerSide;
  readonly caller: Caller;
  /** The peer has been told that the end comes. */
  #warned = false;
  /** No further request is taken. */
  #closing = false;
  #liveness: Closable = nothingToClose;

  constructor(side: H2ServerSide, caller: Caller) {
    super(true, side.limits, side.clock, side.form);
    this.side = side;
    this.caller = caller;
  }

  override attach(wire: Wire): void {
    super.attach(wire);
    this.#liveness = new Liveness(this, true, this.clock, CALLER_LOOK_MS);
  }

  // What there is to see of a caller that is slow, or gone. Bodies may rest for as long as it answers a PING.

  get slow(): Slow {
    return this;
  }

  readonly waits = false;
  readonly busy = true;

  get moved(): number {
    return this.wire.moved;
  }

  giveUp(): void {
    this.fail(Code.calm);
  }

  ping(): void {
    turn(() => this.out.frame(Type.ping, 0, 0, '\0\0\0\0\0\0\0\0'));
  }

  dead(): void {
    turn(() => this.wire.destroy());
  }

  get idle(): boolean {
    return this.streams.size === 0;
  }

  get begun(): number {
    return this.lastStream;
  }

  /**
   * Ends the connection when what is in flight is answered. The peer is first told that the end comes, and what it has
   * sent meanwhile is still taken (RFC 9113 §6.8).
   */
  drain(): void {
    if (this.gone) return;
    this.out.goaway(MAX_WINDOW, Code.none);
    this.#warned = true;
    this.out.frame(Type.ping, 0, 0, '\0\0\0\0\0\0\0\0');
    this.clock.after(1000, () => this.#last());
  }

  override onPong(): void {
    if (this.#warned) this.#last();
  }

  malformed(stream: ServerStream): void {
    this.refuse(stream, Code.protocol);
  }

  override onHead(id: number, read: HeadReader, ends: boolean): void {
    const known = this.streams.get(id);
    if (known !== undefined) {
      const trailers = ends ? read.requestTrailers() : undefined;
      if (trailers === undefined) this.refuse(known, Code.protocol);
      else this.ended(known, trailers);
      return;
    }
    if (id <= this.lastStream) {
      this.fail(Code.streamClosed);
      return;
    }
    this.lastStream = id;
    if (this.#closing) {
      if (!ends) this.ignore(id);
      return;
    }
    if (this.streams.size >= this.limits.streams) {
      this.#turnAway(id, Code.refused, ends);
      return;
    }
    if (read.tooLarge) {
      if (!this.nuisance(4)) return;
      if (!ends) this.ignore(id);
      this.out.headers(id, this.form.response(bare(431), '', 0, false), true);
      this.out.reset(id, Code.none);
      return;
    }
    const request = read.request();
    if (request === undefined || (ends && request.length > 0)) {
      this.#turnAway(id, Code.protocol, ends);
      return;
    }
    const { side } = this;
    if (side.clearContext) clearRequest(request.head);
    const stream = new ServerStream(this, side, id, request.head, request.length, ends);
    this.streams.add(stream);
    side.received(stream.x);
    if (request.expectsContinue && !ends) this.out.headers(id, this.form.response(bare(100), '', -1, false), false);
    stream.begin(ends);
  }

  /** Resets a stream that never became one of ours; counts as a nuisance. */
  #turnAway(id: number, code: number, ends: boolean): void {
    if (!ends) this.ignore(id);
    if (this.nuisance(4)) this.out.reset(id, code);
  }

  override onGoaway(): void {
    this.#closing = true;
    this.#leaveIfDone();
  }

  protected override onGone(): void {
    this.#liveness.close();
  }

  protected override onClosed(): void {
    this.side.forget(this);
  }

  override onRoom(): void {
    this.#leaveIfDone();
  }

  #last(): void {
    if (this.gone || this.#closing) return;
    this.#closing = true;
    this.out.goaway(this.lastStream, Code.none);
    this.#leaveIfDone();
  }

  #leaveIfDone(): void {
    if (this.#closing && this.streams.size === 0) this.leave();
  }
}
