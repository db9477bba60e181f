// Hot.
import type { Caller } from '../../router/caller.ts';
import { MeshError } from '../../router/errors.ts';
import { type Downstream, Exchange } from '../../router/exchange.ts';
import { RequestHead } from '../../router/request-head.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { Frame } from '../../router/service.ts';
import type { Connection } from '../accepting.ts';
import { clearRequest } from '../clear-context.ts';
import type { ListenParts } from '../codec.ts';
import type { Wire } from '../wire.ts';
import { AnswerWriter } from './answer.ts';
import { BodyScanner } from './body-scanner.ts';
import { requestFields } from './fields.ts';
import { HeadPieces } from './head-pieces.ts';
import { BAD, CHUNKED, HeadParser, INCOMPLETE, UNKNOWN } from './parse-head.ts';
import { bareRefusal } from './refusal.ts';
import { Sniffer } from './sniff.ts';
import { passedOn } from './trailers.ts';

/** What a connection needs of the server it belongs to. */
export interface ServerSide {
  readonly parts: ListenParts;
  readonly draining: boolean;
  forget(connection: ServerConnection): void;
  /** The caller speaks HTTP/2 after CONNECT: the wire is another connection's from now on, `first` its first bytes. */
  becomeH2(connection: ServerConnection, first: Buffer): void;
}

/** What the connection reads next. */
const Reading = { head: 0, body: 1, nothing: 2, sniffing: 3, tunnel: 4 } as const;

/** Bytes held back while a request waits; more than that pauses the socket. */
const HOLD = 65536;
/** Bytes of an unwanted request body read over, to keep the connection; beyond, it is closed. */
const DRAIN = 1 << 18;

const parser = new HeadParser();

/** One caller's connection: requests in order, one at a time, each answered before the next is looked at. */
export class ServerConnection implements Connection, Downstream, Frame {
  readonly caller: Caller;
  readonly #server: ServerSide;
  #wire!: Wire;
  #reading: number = Reading.head;
  #x: Exchange | undefined;
  readonly #pieces = new HeadPieces();
  readonly #body = new BodyScanner();
  /** Bytes that came before their turn. */
  #held: Buffer | undefined;
  /** The upstream is ready for body bytes. */
  #flowing = false;
  #paused = false;
  /** The caller does not read its answers: no further request is looked at. */
  #full = false;
  #drained = 0;
  #gone = false;
  begun = 0;
  readonly #answer: AnswerWriter;
  #sniffer: Sniffer | undefined;

  constructor(server: ServerSide, caller: Caller) {
    this.#server = server;
    this.caller = caller;
    this.#answer = new AnswerWriter(server.parts, () => this.#wire);
  }

  attach(wire: Wire): void {
    this.#wire = wire;
  }

  get idle(): boolean {
    return this.#x === undefined && this.#reading === Reading.head && this.#pieces.none;
  }

  /** No further request: closes now if idle, else after the present response. */
  drain(): void {
    this.#answer.last = true;
    if (!this.idle) return;
    this.#gone = true;
    this.#wire.leave();
  }

  /** Closes once what is written is out. Bytes that still come are no request: it would be carried out and not answered. */
  #leave(): void {
    this.#gone = true;
    this.#wire.end();
  }

  data(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#gone) {
      switch (this.#reading) {
        case Reading.head:
          if (this.#full) {
            this.#hold(bytes, at, to);
            this.#wire.pause();
            return;
          }
          at = this.#head(bytes, at, to);
          break;
        case Reading.body:
          if (!this.#ready(bytes, at, to)) return;
          at = this.#readBody(bytes, at, to);
          break;
        case Reading.sniffing:
          this.#sniffer?.hear(bytes, at, to);
          return;
        case Reading.tunnel:
          if (this.#ready(bytes, at, to)) this.#pass(bytes, at, to);
          return;
        default:
          this.#hold(bytes, at, to);
          return;
      }
    }
  }

  full(): void {
    this.#full = true;
    this.#x?.upstream?.pause();
  }

  drained(): void {
    this.#full = false;
    this.#x?.upstream?.resume();
    this.#release();
  }

  closed(): void {
    this.#gone = true;
    this.#sniffer?.close();
    this.#server.forget(this);
    const x = this.#x;
    if (x === undefined) return;
    x.over = true;
    x.abort(new MeshError('abandoned', 'the caller closed the connection'));
  }

  // Source of the request body.

  pause(): void {
    this.#paused = true;
    this.#wire.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#release();
  }

  flow(x: Exchange): void {
    if (x !== this.#x) return;
    this.#flowing = true;
    this.#release();
  }

  /** Lets held bytes go on, and the socket after them. */
  #release(): void {
    const held = this.#held;
    if (held !== undefined && this.#reading !== Reading.nothing && (this.#flowing || this.#reading === Reading.head)) {
      this.#held = undefined;
      this.data(held, 0, held.length);
    }
    if (!this.#paused && this.#held === undefined && !this.#gone) this.#wire.resume();
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const more = Buffer.from(bytes.subarray(from, to));
    this.#held = this.#held === undefined ? more : Buffer.concat([this.#held, more]);
    if (this.#held.length >= HOLD) this.#wire.pause();
  }

  #head(bytes: Buffer, from: number, to: number): number {
    const pieces = this.#pieces;
    if (!pieces.add(bytes, from, to)) return to;
    const head = new RequestHead();
    const next = parser.request(pieces.bytes, pieces.at, pieces.end, this.#server.parts.limits, head);
    if (next === INCOMPLETE) {
      pieces.keep();
      return to;
    }
    if (next === BAD) {
      this.#refuse(parser.status);
      return to;
    }
    this.#begin(head);
    return pieces.behind(next);
  }

  #begin(head: RequestHead): void {
    const server = this.#server;
    const length = parser.length === UNKNOWN ? 0 : parser.length;
    if (parser.close || server.draining) this.#answer.last = true;
    if (server.parts.clearContext) clearRequest(head);
    if (head.method === 'CONNECT' && length === 0) {
      this.#open(head);
      return;
    }
    if (parser.upgrade !== '' && length === 0 && head.minor === 1) head.protocol = parser.upgrade;
    const x = this.#exchange(head, length);
    if (length !== 0 && parser.expectsContinue && head.minor === 1) this.#wire.text('HTTP/1.1 100 Continue\r\n\r\n');
    if (length === 0) {
      this.#reading = Reading.nothing;
      this.#dispatch(x);
      return;
    }
    this.#reading = Reading.body;
    if (length > 0 && length <= server.parts.limits.gather) this.#body.gather(length);
    else {
      this.#body.start(length);
      this.#dispatch(x);
    }
  }

  #exchange(head: RequestHead, length: number): Exchange {
    const x = new Exchange(head, this, length, this.#server.parts.clock);
    if (head.minor === 0) x.via = '1.0 linkerd';
    this.#x = x;
    this.begun += 1;
    this.#answer.begin();
    this.#flowing = false;
    this.#drained = 0;
    return x;
  }

  /** CONNECT is granted at once: what to do about it shows in the first bytes that come. */
  #open(head: RequestHead): void {
    this.#wire.text('HTTP/1.1 200 Connection established\r\n\r\n');
    this.#reading = Reading.sniffing;
    this.#sniffer = new Sniffer(this.#server.parts.clock, (what, first) => {
      if (what === 'http1') {
        this.#reading = Reading.head;
        this.data(first, 0, first.length);
      } else if (what === 'h2') {
        this.#gone = true;
        this.#server.becomeH2(this, first);
      } else {
        this.#hold(first, 0, first.length);
        this.#tunnel(head);
      }
    });
  }

  /** Neither HTTP/1 nor HTTP/2: bytes to where the dtab says for the authority that was asked for. */
  #tunnel(head: RequestHead): void {
    const x = this.#exchange(head, CHUNKED);
    this.#reading = Reading.tunnel;
    this.#dispatch(x);
  }

  #dispatch(x: Exchange): void {
    x.enter(this);
    this.#server.parts.service.send(x);
  }

  /** Whether body bytes may be taken now; else they are held. */
  #ready(bytes: Buffer, from: number, to: number): boolean {
    if (this.#x === undefined || this.#body.whole !== undefined || (this.#flowing && !this.#paused)) return true;
    this.#hold(bytes, from, to);
    this.#wire.pause();
    return false;
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    const body = this.#body;
    const n = body.next(bytes, from, to);
    if (n < 0) {
      this.#broken();
      return to;
    }
    const end = body.at + n;
    if (n > 0) this.#pass(bytes, body.at, end);
    if (body.done) this.#whole();
    return end;
  }

  #pass(bytes: Buffer, from: number, to: number): void {
    const upstream = this.#x?.upstream;
    if (upstream !== undefined) upstream.write(bytes, from, to);
    else {
      this.#drained += to - from;
      if (this.#drained > DRAIN) this.#leave();
    }
  }

  /** The request body is complete. */
  #whole(): void {
    const x = this.#x;
    const { whole, trailers } = this.#body;
    this.#reading = x === undefined ? Reading.head : Reading.nothing;
    if (x === undefined) {
      if (this.#answer.last) this.#leave();
    } else if (whole !== undefined) {
      this.#body.whole = undefined;
      x.body = whole;
      this.#dispatch(x);
    } else x.upstream?.finish(passedOn(trailers, requestFields));
  }

  /** The framing of a request body is bad: nothing after it can be trusted. */
  #broken(): void {
    const x = this.#x;
    const { started } = this.#answer;
    this.#gone = true;
    if (x !== undefined) {
      x.over = true;
      x.abort(new MeshError('abandoned', 'bad chunked framing from the caller'));
    }
    if (!started) this.#wire.text(bareRefusal(400));
    this.#wire.end();
  }

  #refuse(status: number): void {
    this.#gone = true;
    this.#wire.text(bareRefusal(status));
    this.#wire.end();
  }

  // Sink of the response.

  respond(x: Exchange, length: number, body: Buffer | undefined): void {
    if (this.#server.draining) this.#answer.last = true;
    if (x.switched) {
      this.#answer.switchOver(x);
      this.#answer.last = true;
      this.#reading = Reading.tunnel;
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
    if (this.#reading === Reading.tunnel) {
      this.#leave();
      return true;
    }
    if (!this.#answer.started) {
      if (this.#server.draining) this.#answer.last = true;
      this.#answer.error(x.error ?? new MeshError('reset', 'no response'), x.request.method === 'HEAD');
    } else if (!this.#answer.finished) {
      // The caller has to see a body cut short.
      if (this.#answer.endsWithConnection) this.#wire.break();
      else this.#leave();
      return true;
    }
    if (this.#reading === Reading.nothing) this.#reading = Reading.head;
    this.#body.whole = undefined;
    if (this.#answer.last && this.#reading === Reading.head) {
      this.#leave();
      return true;
    }
    this.#paused = false;
    this.#flowing = true; // what is left of an unwanted body is read over
    this.#release();
    return true;
  }
}
