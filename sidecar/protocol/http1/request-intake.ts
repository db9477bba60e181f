// Hot.
import { RequestHead } from '../../router/request-head.ts';
import type { CodecLimits } from '../codec.ts';
import type { Wire } from '../wire.ts';
import { BodyScanner } from './body-scanner.ts';
import { HeadPieces } from './head-pieces.ts';
import { BAD, HeadParser, INCOMPLETE } from './parse-head.ts';
import type { Sniffer } from './sniff.ts';

/** What becomes of a caller's bytes. */
export interface RequestTaker {
  /** A request begins, framed as `parser` says; one of `await`, `follow`, `gather`, `collect` and `sniff` is to be called. */
  begin(head: RequestHead, parser: HeadParser): void;
  /** Bytes that are no request; `status` says why. */
  refuse(status: number): void;
  body(bytes: Buffer, from: number, to: number): void;
  /** The body is complete; `whole` where it has been gathered. */
  complete(whole: Buffer | undefined, trailers: string): void;
  /** The body's framing is bad (400) or the body too large to be kept together (413): nothing after it can be trusted. */
  broken(status: 400 | 413): void;
}

/** What is read next. */
const Reading = { head: 0, body: 1, nothing: 2, sniffing: 3, tunnel: 4 } as const;

/** Bytes held back while a request waits; more than that pauses the socket. */
const HOLD = 65536;

const parser = new HeadParser();

/** Takes a caller's bytes apart into requests, one after the other, and holds back what comes before its turn. */
export class RequestIntake {
  readonly #taker: RequestTaker;
  readonly #limits: CodecLimits;
  readonly #wire: () => Wire;
  #reading: number = Reading.head;
  readonly #pieces = new HeadPieces();
  readonly #body = new BodyScanner();
  #sniffer: Sniffer | undefined;
  /** Bytes that came before their turn. */
  #held: Buffer | undefined;
  /** Body bytes are taken. */
  #flowing = false;
  #paused = false;
  /** The caller does not read its answers: no further request is looked at. */
  #full = false;
  #over = false;

  constructor(taker: RequestTaker, limits: CodecLimits, wire: () => Wire) {
    this.#taker = taker;
    this.#limits = limits;
    this.#wire = wire;
  }

  /** Nothing of a request has come since the last one ended. */
  get between(): boolean {
    return this.#reading === Reading.head && this.#pieces.none;
  }

  /** A head has begun, and the rest of it is for the caller to send. */
  get unfinished(): boolean {
    return this.#reading === Reading.head && !this.#pieces.none && !this.#full;
  }

  /** The rest of a body is for the caller to send: nobody here keeps it from it. */
  get hungry(): boolean {
    return this.#reading === Reading.body && !this.#paused && this.#held === undefined;
  }

  /** Everything that has come belongs to the present request, and all of it is there: the caller only waits. */
  get awaited(): boolean {
    return (this.between || this.#reading === Reading.nothing) && this.#held === undefined;
  }

  get tunnelled(): boolean {
    return this.#reading === Reading.tunnel;
  }

  read(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#over) {
      switch (this.#reading) {
        case Reading.head:
          if (this.#full) {
            this.#hold(bytes, at, to);
            this.#wire().pause();
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
          if (this.#ready(bytes, at, to)) this.#taker.body(bytes, at, to);
          return;
        default:
          this.#hold(bytes, at, to);
          return;
      }
    }
  }

  // What follows a head.

  /** The request is all there: nothing is read until `next`. */
  await(): void {
    this.#reading = Reading.nothing;
    this.#flowing = false;
  }

  /** A body of `length` bytes, or CHUNKED, is handed on as it comes, from when it may flow. */
  follow(length: number): void {
    this.#reading = Reading.body;
    this.#flowing = false;
    this.#body.start(length);
  }

  /** A body of `length` bytes is to be kept together. */
  gather(length: number): void {
    this.#reading = Reading.body;
    this.#body.gather(length);
  }

  /** A body of no known length is to be kept together, up to `limit` bytes. */
  collect(length: number, limit: number): void {
    this.#reading = Reading.body;
    this.#body.collect(length, limit);
  }

  /** The first bytes say what this is. */
  sniff(sniffer: Sniffer): void {
    this.#reading = Reading.sniffing;
    this.#sniffer = sniffer;
  }

  /** It was HTTP/1. */
  sniffed(first: Buffer): void {
    this.#reading = Reading.head;
    this.read(first, 0, first.length);
  }

  /** Another protocol from now on: bytes of any kind until the end. */
  switchOver(): void {
    this.#reading = Reading.tunnel;
  }

  /** The exchange is over: whatever it did not want of its body is read over. True where the next request may come. */
  next(): boolean {
    if (this.#reading === Reading.nothing) this.#reading = Reading.head;
    this.#paused = false;
    this.#flowing = true;
    return this.#reading === Reading.head;
  }

  // Back-pressure.

  pause(): void {
    this.#paused = true;
    this.#wire().pause();
  }

  resume(): void {
    this.#paused = false;
    this.release();
  }

  /** Body bytes are taken from now on. */
  flow(): void {
    this.#flowing = true;
    this.release();
  }

  full(): void {
    this.#full = true;
  }

  drained(): void {
    this.#full = false;
    this.release();
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#over = true;
    this.#sniffer?.close();
  }

  /** Lets held bytes go on, and the socket after them. */
  release(): void {
    const held = this.#held;
    if (held !== undefined && this.#reading !== Reading.nothing && (this.#flowing || this.#reading === Reading.head)) {
      this.#held = undefined;
      this.read(held, 0, held.length);
    }
    if (!this.#paused && this.#held === undefined && !this.#over) this.#wire().resume();
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const more = Buffer.from(bytes.subarray(from, to));
    this.#held = this.#held === undefined ? more : Buffer.concat([this.#held, more]);
    if (this.#held.length >= HOLD) this.#wire().pause();
  }

  /** Whether body bytes may be taken now; else they are held. */
  #ready(bytes: Buffer, from: number, to: number): boolean {
    if (this.#body.whole !== undefined || (this.#flowing && !this.#paused)) return true;
    this.#hold(bytes, from, to);
    this.#wire().pause();
    return false;
  }

  #head(bytes: Buffer, from: number, to: number): number {
    const pieces = this.#pieces;
    if (!pieces.add(bytes, from, to)) return to;
    const head = new RequestHead();
    const next = parser.request(pieces.bytes, pieces.at, pieces.end, this.#limits, head);
    if (next === INCOMPLETE) {
      pieces.keep();
      return to;
    }
    if (next === BAD) {
      this.#taker.refuse(parser.status);
      return to;
    }
    this.#taker.begin(head, parser);
    return pieces.behind(next);
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    const body = this.#body;
    const n = body.next(bytes, from, to);
    if (n < 0) {
      this.#taker.broken(body.tooLarge ? 413 : 400);
      return to;
    }
    const end = body.at + n;
    if (n > 0) this.#taker.body(bytes, body.at, end);
    if (body.done) {
      const { whole } = body;
      body.whole = undefined;
      this.#reading = Reading.nothing;
      this.#taker.complete(whole, whole === undefined ? body.trailers : '');
    }
    return end;
  }
}
