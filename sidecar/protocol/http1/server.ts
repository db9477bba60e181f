// Hot.
import { type Closable, nothingToClose } from '../../../core/closable.ts';
import type { Caller } from '../../router/caller.ts';
import { MeshError } from '../../router/errors.ts';
import { type Downstream, Exchange } from '../../router/exchange.ts';
import { RequestHead } from '../../router/request-head.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { Frame } from '../../router/service.ts';
import type { Connection } from '../accepting.ts';
import type { ListenParts } from '../codec.ts';
import { turn, type Wire } from '../wire.ts';
import { AnswerWriter } from './answer.ts';
import { CR, LF } from './bytes.ts';
import { ChunkScanner } from './chunked.ts';
import { clearRequest } from './clear-context.ts';
import { requestFields } from './fields.ts';
import { BAD, CHUNKED, HeadParser, INCOMPLETE, UNKNOWN } from './parse-head.ts';
import { bareRefusal } from './refusal.ts';
import { sniff } from './sniff.ts';
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
const Reading = { head: 0, length: 1, chunks: 2, nothing: 3, sniffing: 4, tunnel: 5 } as const;

/** Bytes held back while a request waits; more than that pauses the socket. */
const HOLD = 65536;
/** Milliseconds a caller has after CONNECT to speak first; then the other side is taken to. */
const SNIFF_MS = 250;
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
  /** Start of a head that is not whole yet. */
  #carry: Buffer | undefined;
  /** Bytes that came before their turn. */
  #held: Buffer | undefined;
  #left = 0;
  #chunks: ChunkScanner | undefined;
  #gathering: Buffer | undefined;
  /** The upstream is ready for body bytes. */
  #flowing = false;
  #paused = false;
  /** The caller does not read its answers: no further request is looked at. */
  #full = false;
  #drained = 0;
  #gone = false;
  readonly #answer: AnswerWriter;
  /** The head of a CONNECT whose first bytes are awaited. */
  #connect: RequestHead | undefined;
  #sniffing: Closable = nothingToClose;

  constructor(server: ServerSide, caller: Caller) {
    this.#server = server;
    this.caller = caller;
    this.#answer = new AnswerWriter(server.parts, () => this.#wire);
  }

  attach(wire: Wire): void {
    this.#wire = wire;
  }

  get idle(): boolean {
    return this.#x === undefined && this.#reading === Reading.head && this.#carry === undefined;
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
        case Reading.length:
          if (!this.#ready(bytes, at, to)) return;
          at = this.#counted(bytes, at, to);
          break;
        case Reading.chunks:
          if (!this.#ready(bytes, at, to)) return;
          at = this.#chunked(bytes, at, to);
          break;
        case Reading.sniffing:
          this.#sniff(bytes, at, to);
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
    this.#sniffing.close();
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
    const { limits } = this.#server.parts;
    let b = bytes;
    let at = from;
    let end = to;
    const carry = this.#carry;
    if (carry !== undefined) {
      b = Buffer.concat([carry, bytes.subarray(from, to)]);
      at = 0;
      end = b.length;
    }
    // Empty lines before a request line are read over (RFC 9112 §2.2).
    while (at + 1 < end && b[at] === CR && b[at + 1] === LF) at += 2;
    if (at === end || (at + 1 === end && b[at] === CR)) {
      this.#carry = at === end ? undefined : Buffer.from('\r');
      return to;
    }
    const head = new RequestHead();
    const next = parser.request(b, at, end, limits, head);
    if (next === INCOMPLETE) {
      this.#carry = at === 0 && b !== bytes ? b : Buffer.from(b.subarray(at, end));
      return to;
    }
    this.#carry = undefined;
    if (next === BAD) {
      this.#refuse(parser.status);
      return to;
    }
    this.#begin(head);
    if (b === bytes) return next;
    if (this.#gone) return to;
    return to - (end - next); // a head begun in `carry` ends within the new bytes
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
    } else if (length === CHUNKED) {
      this.#reading = Reading.chunks;
      this.#chunks ??= new ChunkScanner();
      this.#chunks.reset();
      this.#dispatch(x);
    } else {
      this.#reading = Reading.length;
      this.#left = length;
      if (length <= server.parts.limits.gather) this.#gathering = Buffer.allocUnsafe(length);
      else this.#dispatch(x);
    }
  }

  #exchange(head: RequestHead, length: number): Exchange {
    const x = new Exchange(head, this, length, this.#server.parts.clock);
    if (head.minor === 0) x.via = '1.0 linkerd';
    this.#x = x;
    this.#answer.begin();
    this.#flowing = false;
    this.#drained = 0;
    return x;
  }

  /** CONNECT is granted at once: what to do about it shows in the first bytes that come. */
  #open(head: RequestHead): void {
    this.#wire.text('HTTP/1.1 200 Connection established\r\n\r\n');
    this.#connect = head;
    this.#reading = Reading.sniffing;
    this.#sniffing = this.#server.parts.clock.after(SNIFF_MS, () => turn(() => this.#tunnel(head)));
  }

  #sniff(bytes: Buffer, from: number, to: number): void {
    const head = this.#connect as RequestHead;
    this.#hold(bytes, from, to);
    const held = this.#held as Buffer;
    const found = sniff(held);
    if (found === 'more') return;
    this.#sniffing.close();
    if (found === 'tunnel') {
      this.#tunnel(head);
      return;
    }
    this.#held = undefined;
    this.#connect = undefined;
    this.#reading = Reading.head;
    if (found === 'http1') this.data(held, 0, held.length);
    else {
      this.#gone = true;
      this.#server.becomeH2(this, held);
    }
  }

  /** Neither HTTP/1 nor HTTP/2: bytes to where the dtab says for the authority that was asked for. */
  #tunnel(head: RequestHead): void {
    this.#connect = undefined;
    const x = this.#exchange(head, -1);
    this.#reading = Reading.tunnel;
    this.#dispatch(x);
  }

  #dispatch(x: Exchange): void {
    x.enter(this);
    this.#server.parts.service.send(x);
  }

  /** Whether body bytes may be taken now; else they are held. */
  #ready(bytes: Buffer, from: number, to: number): boolean {
    if (this.#x === undefined || this.#gathering !== undefined || (this.#flowing && !this.#paused)) return true;
    this.#hold(bytes, from, to);
    this.#wire.pause();
    return false;
  }

  #counted(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#left);
    this.#left -= end - from;
    const gathering = this.#gathering;
    const x = this.#x;
    if (gathering !== undefined && x !== undefined) {
      bytes.copy(gathering, gathering.length - this.#left - (end - from), from, end);
      if (this.#left === 0) {
        this.#gathering = undefined;
        this.#reading = Reading.nothing;
        x.body = gathering;
        this.#dispatch(x);
      }
      return end;
    }
    this.#pass(bytes, from, end);
    if (this.#left === 0) this.#whole('');
    return end;
  }

  #chunked(bytes: Buffer, from: number, to: number): number {
    const chunks = this.#chunks as ChunkScanner;
    const n = chunks.next(bytes, from, to);
    if (n < 0) {
      this.#broken();
      return to;
    }
    if (n > 0) this.#pass(bytes, chunks.at, chunks.at + n);
    if (chunks.done) this.#whole(passedOn(chunks.trailers, requestFields));
    return chunks.at + n;
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
  #whole(trailers: string): void {
    this.#reading = this.#x === undefined ? Reading.head : Reading.nothing;
    this.#x?.upstream?.finish(trailers);
    if (this.#x === undefined && this.#answer.last) this.#leave();
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
      this.#leave(); // the caller sees a body cut short
      return true;
    }
    if (this.#reading === Reading.nothing) this.#reading = Reading.head;
    else if (this.#gathering !== undefined) this.#gathering = undefined;
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
