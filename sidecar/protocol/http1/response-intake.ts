// Hot.
import { ResponseHead } from '../../router/response-head.ts';
import type { CodecLimits } from '../codec.ts';
import { BodyScanner } from './body-scanner.ts';
import { HeadPieces } from './head-pieces.ts';
import { BAD, HeadParser, INCOMPLETE } from './parse-head.ts';

/** What becomes of an origin's bytes. */
export interface ResponseTaker {
  /**
   * The head of a response, framed as `parser` says; `surplus`: bytes follow it. Unless it is an interim one, `follow`,
   * `gather`, `collect` or `rest` is to be called. The head is good until the next response.
   */
  begin(head: ResponseHead, parser: HeadParser, surplus: boolean): void;
  body(bytes: Buffer, from: number, to: number): void;
  /** The body is complete; `whole` where it has been gathered; `surplus`: bytes follow it. */
  complete(head: ResponseHead, whole: Buffer | undefined, trailers: string, surplus: boolean): void;
  /** The bytes are no response, or its framing is bad. */
  broken(why: string): void;
  /** Bytes nobody asked for. */
  unasked(): void;
}

/** What is read next. */
const Reading = { nothing: 0, head: 1, body: 2 } as const;

const parser = new HeadParser();

/** Takes an origin's bytes apart into responses, one after the other. */
export class ResponseIntake {
  readonly #taker: ResponseTaker;
  readonly #limits: CodecLimits;
  readonly #head = new ResponseHead();
  #reading: number = Reading.nothing;
  readonly #pieces = new HeadPieces();
  readonly #body = new BodyScanner();
  #over = false;

  constructor(taker: ResponseTaker, limits: CodecLimits) {
    this.#taker = taker;
    this.#limits = limits;
  }

  /** Where the bytes have stopped. */
  get at(): 'nothing' | 'before' | 'head' | 'body' | 'endless body' {
    if (this.#reading === Reading.nothing) return 'nothing';
    if (this.#reading === Reading.head) return this.#pieces.none ? 'before' : 'head';
    return this.#body.untilClose ? 'endless body' : 'body';
  }

  read(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#over) {
      if (this.#reading === Reading.head) at = this.#readHead(bytes, at, to);
      else if (this.#reading === Reading.body) at = this.#readBody(bytes, at, to);
      else return this.#taker.unasked();
    }
  }

  /** A response is due. */
  expect(): void {
    this.#reading = Reading.head;
  }

  /** A body of `length` bytes, or CHUNKED, or UNKNOWN, is handed on as it comes. */
  follow(length: number): void {
    this.#reading = Reading.body;
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

  /** The connection has ended, and with it an endless body; `whole` where it was to be kept together. */
  end(): { readonly head: ResponseHead; readonly whole: Buffer | undefined } {
    this.#reading = Reading.nothing;
    this.#body.end();
    return { head: this.#head, whole: this.#body.whole };
  }

  /** No bytes are due. */
  rest(): void {
    this.#reading = Reading.nothing;
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#over = true;
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    const pieces = this.#pieces;
    if (!pieces.add(bytes, from, to)) return to;
    const next = parser.response(pieces.bytes, pieces.at, pieces.end, this.#limits, this.#head);
    if (next === INCOMPLETE) {
      pieces.keep();
      return to;
    }
    if (next === BAD) {
      this.#taker.broken(parser.why);
      return to;
    }
    const rest = pieces.behind(next);
    this.#taker.begin(this.#head, parser, rest < to);
    return rest;
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    const body = this.#body;
    const n = body.next(bytes, from, to);
    if (n < 0) {
      this.#taker.broken(body.tooLarge ? 'the body is too large to be taken whole' : 'bad chunked framing');
      return to;
    }
    const end = body.at + n;
    if (n > 0) this.#taker.body(bytes, body.at, end);
    if (body.done) {
      this.#reading = Reading.nothing;
      this.#taker.complete(this.#head, body.whole, body.trailers, end < to);
    }
    return end;
  }
}
