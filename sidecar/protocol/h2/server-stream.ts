// Hot.

import type { Caller } from '../../router/caller.ts';
import { MeshError } from '../../router/errors.ts';
import type { Downstream, Exchange } from '../../router/exchange.ts';
import { Exchange as NewExchange } from '../../router/exchange.ts';
import type { RequestHead } from '../../router/request-head.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { Frame } from '../../router/service.ts';
import { clearLines, clearResponse } from '../clear-context.ts';
import { Code } from './frame.ts';
import { grpcRefusal, isGrpc, refusal } from './refusal.ts';
import { KEEP, RequestBody } from './request-body.ts';
import type { H2ServerSide, ServerSession } from './server-session.ts';
import { Stream } from './stream.ts';

/** Bytes of an unwanted request body read over; a caller that sends more is told to stop (RFC 9113 §8.1). */
const DRAIN = 1 << 18;
/** The highest code that RFC 9113 §7 gives a meaning, HTTP_1_1_REQUIRED. */
const LAST_CODE = 13;

/** One request of an HTTP/2 caller. */
export class ServerStream extends Stream implements Downstream, Frame {
  declare readonly session: ServerSession;
  readonly x: Exchange;
  readonly #side: H2ServerSide;
  /** Content-Length announced, -1 none, and what has come of it. */
  readonly #announced: number;
  #seen = 0;
  readonly #body: RequestBody;
  /** Bytes that came behind the answer. */
  #unwanted = 0;
  #gathering = false;
  #started = false;
  #finished = false;
  /** The answer has been given in one piece: nothing has to follow, though trailers may. */
  #whole = false;

  constructor(
    session: ServerSession,
    side: H2ServerSide,
    id: number,
    head: RequestHead,
    length: number,
    ends: boolean,
  ) {
    super(session, id);
    this.#side = side;
    this.#announced = length;
    const switches = head.protocol !== '';
    const body = ends || switches ? 0 : length > 0 ? length : -1;
    // An extended CONNECT becomes the GET it stands for (RFC 8441); its DATA is what follows the switch.
    if (switches && head.method === 'CONNECT') head.method = 'GET';
    this.x = new NewExchange(head, this, body, session.clock);
    this.#body = new RequestBody(this.x);
    this.#gathering = body > 0 && body <= side.gather;
    if (body === -1) this.x.keepBytes = KEEP;
  }

  get caller(): Caller {
    return this.session.caller;
  }

  /** `ends`: the head is all there is. */
  begin(ends: boolean): void {
    this.x.enter(this);
    if (ends) {
      this.remoteDone = true;
      this.#body.finish('');
    }
    if (!this.#gathering) this.#side.service.send(this.x);
  }

  // What the caller sends.

  received(bytes: Buffer, from: number, to: number): void {
    this.#seen += to - from;
    if (this.#announced >= 0 && this.#seen > this.#announced) {
      this.session.malformed(this);
      return;
    }
    if (this.#finished && this.x.upstream === undefined) {
      this.#unwanted += to - from;
      if (this.#unwanted > DRAIN && this.localDone) this.session.reset(this, Code.none);
    } else if (!this.#body.write(bytes, from, to) && !this.#gathering) this.paused = true;
  }

  receivedEnd(trailers: string): void {
    if (this.#announced >= 0 && this.#seen !== this.#announced) {
      this.session.malformed(this);
      return;
    }
    if (this.#gathering) {
      this.#gathering = false;
      if (trailers === '') this.x.body = this.#body.whole();
      else this.#body.finish(trailers); // goes out as a stream, which has a place for them
      this.#side.service.send(this.x);
    } else this.#body.finish(trailers);
  }

  broken(code: number, lost: boolean, ours = false): void {
    // Behind its answer the origin may still wait for the rest of a body, or for the caller's end of a tunnel.
    if (this.#finished && this.x.upstream === undefined) return;
    this.#finished = true;
    this.x.over = true;
    const known = !lost && !ours && code <= LAST_CODE;
    this.x.abort(new MeshError('abandoned', 'the caller gave up', known ? { cause: code } : undefined));
  }

  finished(): void {}

  full(): void {
    this.x.upstream?.pause();
  }

  drained(): void {
    this.x.upstream?.resume();
  }

  // Source of the request body.

  flow(): void {
    this.#body.flow();
    this.resumeReceiving();
  }

  pause(): void {
    this.pauseReceiving();
  }

  resume(): void {
    if (this.#body.flowing) this.resumeReceiving();
  }

  // Sink of the response.

  respond(x: Exchange, announced: number, whole: Buffer | undefined): void {
    const head = x.response as ResponseHead;
    const side = this.#side;
    this.#started = true;
    this.#body.settle();
    const silenced = side.clearContext && clearResponse(head) && announced !== -2;
    const length = silenced ? 0 : announced;
    const body = silenced ? undefined : whole;
    const { form, out } = this.session;
    const via = head.via === '' ? side.via : `${head.via}, ${side.via}`;
    if (x.switched) {
      out.headers(this.id, form.response(head, via, -1, true), false);
      return;
    }
    const none = length === -2 || length === 0;
    const told = length < 0 || head.ends ? head.length : length;
    out.headers(this.id, form.response(head, via, head.status === 204 ? -1 : told, false), none);
    if (none) this.localDone = true;
    this.#whole = none || body !== undefined;
    if (body !== undefined) this.send(body, 0, body.length);
  }

  inform(head: ResponseHead): void {
    if (this.#started) return;
    this.session.out.headers(this.id, this.session.form.response(head, '', -1, false), false);
  }

  write(bytes: Buffer, from: number, to: number): void {
    this.send(bytes, from, to);
  }

  finish(trailers: string): void {
    this.#finished = true;
    const side = this.#side;
    this.sendEnd(side.clearContext ? clearLines(trailers) : trailers);
  }

  // The outermost frame.

  head(): boolean {
    return true;
  }

  end(x: Exchange): boolean {
    if (this.gone) return true;
    if (!this.#started) this.#refuse(x.error ?? new MeshError('reset', 'no response'));
    else if (this.#whole && !this.#finished) this.sendEnd('');
    else if (!this.#finished) {
      this.#finished = true;
      this.session.reset(this, (x.error && this.#side.resetFor(x.error)) ?? Code.cancel);
      return true;
    }
    this.#finished = true;
    if (this.localDone) this.session.settle(this);
    this.resumeReceiving();
    return true;
  }

  /** A gRPC call fails with a status of gRPC, but for what its origin itself has said with a reset. */
  #refuse(error: MeshError): void {
    const side = this.#side;
    const { request } = this.x;
    const grpc =
      isGrpc(request) && error.kind !== 'nacked' && error.kind !== 'refused' && typeof error.cause !== 'number';
    const code = grpc ? undefined : side.resetFor(error);
    if (code !== undefined) {
      this.#finished = true;
      this.session.reset(this, code);
      return;
    }
    const { head, length, body } = grpc ? grpcRefusal(error, side) : refusal(error, request, side);
    const none = body.length === 0;
    this.session.out.headers(this.id, this.session.form.response(head, '', length, false), none);
    if (none) this.localDone = true;
    else {
      this.send(body, 0, body.length);
      this.sendEnd('');
    }
  }
}
