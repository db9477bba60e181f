// Hot.
import type { Caller } from '../../router/caller.ts';
import { MeshError } from '../../router/errors.ts';
import { type Downstream, Exchange } from '../../router/exchange.ts';
import type { RequestHead } from '../../router/request-head.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { Frame } from '../../router/service.ts';
import type { Connection } from '../accepting.ts';
import { clearRequest } from '../clear-context.ts';
import type { ListenParts } from '../codec.ts';
import type { Slow } from '../patience.ts';
import type { Wire } from '../wire.ts';
import { AnswerWriter } from './answer.ts';
import { requestFields } from './fields.ts';
import { CHUNKED, type HeadParser, UNKNOWN } from './parse-head.ts';
import { bareRefusal } from './refusal.ts';
import { RequestIntake, type RequestTaker } from './request-intake.ts';
import { Sniffer } from './sniff.ts';
import { passedOn } from './trailers.ts';

/** What a connection needs of the server it belongs to. */
export interface ServerSide {
  readonly parts: ListenParts;
  readonly draining: boolean;
  forget(connection: ServerConnection): void;
  /** The caller speaks HTTP/2 after CONNECT: the wire is another connection's from now on, `first` its first bytes. */
  becomeH2(connection: ServerConnection, first: Buffer): void;
  /** Neither HTTP/1 nor HTTP/2: bytes to where the dtab says for the authority that was asked for. */
  becomeTunnel(connection: ServerConnection, head: RequestHead, first: Buffer): void;
}

/** Bytes of an unwanted request body read over, to keep the connection; beyond, it is closed. */
const DRAIN = 1 << 18;

/** One caller's connection: requests in order, one at a time, each answered before the next is looked at. */
export class ServerConnection implements Connection, Slow, RequestTaker, Downstream, Frame {
  readonly caller: Caller;
  readonly #server: ServerSide;
  #wire!: Wire;
  readonly #intake: RequestIntake;
  readonly #answer: AnswerWriter;
  #x: Exchange | undefined;
  #drained = 0;
  /** Names that Connection of the present request lists. */
  #listed = '';
  #gone = false;
  begun = 0;

  constructor(server: ServerSide, caller: Caller) {
    const { parts } = server;
    this.#server = server;
    this.caller = caller;
    const wire = (): Wire => this.#wire;
    this.#intake = new RequestIntake(this, parts.limits, wire);
    this.#answer = new AnswerWriter(parts, wire);
  }

  attach(wire: Wire): void {
    this.#wire = wire;
  }

  get idle(): boolean {
    return this.#x === undefined && this.#intake.between;
  }

  // What there is to see of a slow caller.

  get slow(): Slow {
    return this;
  }

  get unfinished(): number | undefined {
    return this.#intake.unfinished ? this.begun : undefined;
  }

  get waits(): boolean {
    if (this.#intake.tunnelled) return false; // has a limit of its own
    return this.#intake.hungry || this.#wire.socket.writableLength > 0;
  }

  get moved(): number {
    return this.#wire.moved;
  }

  giveUp(): void {
    if (this.#wire.socket.writableLength > 0) this.#wire.break();
    else if (this.#x === undefined) this.refuse(408);
    else this.#breakOff(408, 'the caller did not go on with its request');
  }

  /** No further request: closes now if idle, else after the present response. */
  drain(): void {
    this.#answer.last = true;
    if (!this.idle) return;
    this.#stop();
    this.#wire.leave();
  }

  /** Bytes that still come are no request: it would be carried out and not answered. */
  #stop(): void {
    this.#gone = true;
    this.#intake.stop();
  }

  /** Closes once what is written is out; one that only waits for what will not come (`cut`) is not waited for. */
  #leave(cut = false): void {
    this.#stop();
    if (cut && this.#intake.awaited) this.#wire.leave();
    else this.#wire.end();
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#intake.read(bytes, from, to);
  }

  full(): void {
    this.#intake.full();
    this.#x?.upstream?.pause();
  }

  drained(): void {
    this.#x?.upstream?.resume();
    this.#intake.drained();
  }

  closed(): void {
    this.#stop();
    this.#server.forget(this);
    const x = this.#x;
    if (x === undefined) return;
    x.over = true;
    x.abort(new MeshError('abandoned', 'the caller closed the connection'));
  }

  // Source of the request body.

  pause(): void {
    this.#intake.pause();
  }

  resume(): void {
    this.#intake.resume();
  }

  flow(x: Exchange): void {
    if (x === this.#x) this.#intake.flow();
  }

  // Taker of requests.

  begin(head: RequestHead, parser: HeadParser): void {
    const server = this.#server;
    const intake = this.#intake;
    const length = parser.length === UNKNOWN ? 0 : parser.length;
    this.#listed = parser.listed;
    // A proxy keeps no connection of HTTP/1.0, whatever it asks for (RFC 9112 §9.3).
    if (parser.close || head.minor === 0 || server.draining) this.#answer.last = true;
    if (server.parts.clearContext) clearRequest(head);
    if (head.method === 'CONNECT' && length === 0) {
      this.#open(head);
      return;
    }
    if (parser.upgrade !== '' && length === 0 && head.minor === 1) head.protocol = parser.upgrade;
    const x = this.#exchange(head, length);
    if (length !== 0 && parser.expectsContinue && head.minor === 1) this.#wire.text('HTTP/1.1 100 Continue\r\n\r\n');
    if (length === 0) {
      intake.await();
      this.#dispatch(x);
      return;
    }
    const { gather, whole } = server.parts.limits;
    if (length > 0 && length <= gather) intake.gather(length);
    else if (length === CHUNKED && whole !== undefined) intake.collect(length, whole);
    else {
      intake.follow(length);
      this.#dispatch(x);
    }
  }

  body(bytes: Buffer, from: number, to: number): void {
    const upstream = this.#x?.upstream;
    if (upstream !== undefined) upstream.write(bytes, from, to);
    else {
      this.#drained += to - from;
      if (this.#drained > DRAIN) this.#leave();
    }
  }

  complete(whole: Buffer | undefined, trailers: string): void {
    const x = this.#x;
    if (x === undefined) {
      this.#intake.next();
      if (this.#answer.last) this.#leave();
    } else if (whole !== undefined) {
      x.bodyLength = whole.length;
      if (whole.length > 0) x.body = whole;
      this.#dispatch(x);
    } else x.upstream?.finish(passedOn(trailers, requestFields, this.#listed));
  }

  broken(status: 400 | 413): void {
    this.#breakOff(status, 'bad chunked framing from the caller');
  }

  #breakOff(status: number, why: string): void {
    const x = this.#x;
    const { started } = this.#answer;
    this.#stop();
    if (x !== undefined) {
      x.over = true;
      x.abort(new MeshError('abandoned', why));
    }
    if (!started) this.#wire.text(bareRefusal(status));
    this.#wire.end();
  }

  refuse(status: number): void {
    this.#wire.text(bareRefusal(status));
    this.#leave();
  }

  #exchange(head: RequestHead, length: number): Exchange {
    const x = new Exchange(head, this, length, this.#server.parts.clock);
    if (head.minor === 0) x.via = '1.0 linkerd';
    this.#x = x;
    this.begun += 1;
    this.#answer.begin();
    this.#drained = 0;
    return x;
  }

  #dispatch(x: Exchange): void {
    x.enter(this);
    this.#server.parts.service.send(x);
  }

  /** CONNECT is granted at once: what to do about it shows in the first bytes that come. */
  #open(head: RequestHead): void {
    this.#wire.text('HTTP/1.1 200 Connection established\r\n\r\n');
    const sniffer = new Sniffer(this.#server.parts.clock, (what, first) => {
      if (what === 'http1') this.#intake.sniffed(first);
      else {
        this.#stop();
        if (what === 'h2') this.#server.becomeH2(this, first);
        else this.#server.becomeTunnel(this, head, first);
      }
    });
    this.#intake.sniff(sniffer);
  }

  // Sink of the response.

  respond(x: Exchange, length: number, body: Buffer | undefined): void {
    if (this.#server.draining) this.#answer.last = true;
    if (x.switched) {
      this.#answer.switchOver(x);
      this.#answer.last = true;
      this.#intake.switchOver();
    } else this.#answer.respond(x, length, body);
  }

  inform(head: ResponseHead): void {
    if (this.#x?.request.minor === 1) this.#answer.inform(head);
  }

  write(bytes: Buffer, from: number, to: number): void {
    if (!this.#gone) this.#answer.write(bytes, from, to);
  }

  finish(trailers: string): void {
    this.#answer.finish(trailers);
  }

  // The outermost frame.

  head(): boolean {
    return true;
  }

  end(x: Exchange): boolean {
    this.#x = undefined;
    if (this.#gone) return true;
    if (this.#intake.tunnelled) {
      this.#leave();
      return true;
    }
    if (!this.#answer.started) {
      if (this.#server.draining) this.#answer.last = true;
      this.#answer.error(x.error ?? new MeshError('reset', 'no response'), x.request);
    } else if (!this.#answer.finished) {
      // The caller has to see a body cut short.
      if (this.#answer.endsWithConnection) this.#wire.break();
      else this.#leave(true);
      return true;
    }
    if (this.#intake.next() && this.#answer.last) this.#leave();
    else this.#intake.release();
    return true;
  }
}
