// Hot.
import type { Closable } from '../../../core/closable.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../../router/exchange.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { Wire, WireHandler } from '../wire.ts';
import { responseFields } from './fields.ts';
import { CHUNKED, type HeadParser, UNKNOWN } from './parse-head.ts';
import { RequestWriter } from './request-writer.ts';
import { ResponseIntake, type ResponseTaker } from './response-intake.ts';
import { passedOn } from './trailers.ts';
import type { Http1Transport } from './transport.ts';

/** One connection to an origin, carrying one exchange at a time. */
export class ClientConnection implements WireHandler, ResponseTaker, Upstream, Waiting {
  readonly #pool: Http1Transport;
  readonly #wire: Wire;
  readonly #counted: Closable;
  readonly #request: RequestWriter;
  readonly #intake: ResponseIntake;
  #x: Exchange | undefined;
  #gone = false;
  #used = false;
  /** The connection can carry another exchange after this one. */
  #reusable = false;
  #responseDone = false;
  /** It closes with the present exchange, however that ends. */
  #draining = false;
  /** Exchanges it was given so far. */
  begun = 0;
  /** Names that Connection of the present response lists. */
  #listed = '';

  constructor(pool: Http1Transport, wire: Wire, counted: Closable) {
    this.#pool = pool;
    this.#wire = wire;
    this.#counted = counted;
    this.#request = new RequestWriter(wire);
    this.#intake = new ResponseIntake(this, pool.parts.limits);
    wire.handler = this;
  }

  /** Carries an exchange; only while it carries none. */
  send(x: Exchange): void {
    this.#x = x;
    this.begun += 1;
    x.waiting = this;
    x.upstream = this;
    this.#intake.expect();
    this.#responseDone = false;
    this.#reusable = x.request.minor === 1;
    this.#request.begin(x);
  }

  get idle(): boolean {
    return this.#x === undefined;
  }

  get gone(): boolean {
    return this.#gone;
  }

  close(): void {
    this.#wire.destroy();
  }

  /** Takes no other exchange, and closes once the present one has ended. */
  drain(): void {
    this.#draining = true;
    this.#pool.leave(this);
    if (this.#x === undefined) this.#wire.end();
  }

  cancel(): void {
    this.#x = undefined;
    this.#wire.destroy();
  }

  // Sink of a streamed request body.

  write(bytes: Buffer, from: number, to: number): void {
    this.#request.write(bytes, from, to);
  }

  finish(trailers: string): void {
    if (this.#x?.switched === true) {
      this.#wire.end();
      return;
    }
    this.#request.finish(trailers);
    if (this.#responseDone) this.#complete();
  }

  // Source of the response body.

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  full(): void {
    if (!this.#request.finished) this.#x?.downstream.pause();
  }

  drained(): void {
    if (!this.#request.finished) this.#x?.downstream.resume();
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#intake.read(bytes, from, to);
  }

  // Taker of responses.

  begin(head: ResponseHead, parser: HeadParser, surplus: boolean): void {
    const x = this.#x as Exchange;
    if (head.status >= 200) this.#final(x, head, parser, surplus);
    else if (head.status === 101) {
      if (x.request.protocol !== '' && asked(x.request.protocol, parser.upgrade)) this.#switch(x, head, parser.upgrade);
      else this.#fail(x, new MeshError('badResponse', 'the origin switched protocols unasked'));
    } else if (head.status !== 100) x.downstream.inform(head);
  }

  body(bytes: Buffer, from: number, to: number): void {
    this.#x?.downstream.write(bytes, from, to);
  }

  complete(head: ResponseHead, whole: Buffer | undefined, trailers: string, surplus: boolean): void {
    if (surplus) this.#reusable = false;
    if (whole === undefined || this.#answer(this.#x as Exchange, head, whole.length, whole))
      this.#whole(passedOn(trailers, responseFields, this.#listed));
  }

  broken(why: string): void {
    this.#fail(this.#x as Exchange, new MeshError('badResponse', why));
  }

  /** Bytes nobody asked for would answer the next caller's request: the connection is of no more use. */
  unasked(): void {
    this.#wire.destroy();
  }

  /** The origin speaks another protocol now: bytes both ways until either side closes. */
  #switch(x: Exchange, head: ResponseHead, protocol: string): void {
    this.#intake.follow(UNKNOWN);
    this.#reusable = false;
    this.#request.switchOver();
    x.switched = true;
    if (protocol !== '') x.request.protocol = protocol; // of those that were offered
    x.head(head);
    x.downstream.respond(x, CHUNKED, undefined);
    x.downstream.flow(x);
  }

  #final(x: Exchange, head: ResponseHead, parser: HeadParser, surplus: boolean): void {
    head.length = parser.length;
    this.#listed = parser.listed;
    if (parser.close) this.#reusable = false;
    const bodiless = x.request.method === 'HEAD' || head.status === 204 || head.status === 304;
    // An origin that does not know a length for HEAD may send a body all the same.
    if (x.request.method === 'HEAD' && head.length < 0) this.#reusable = false;
    if (bodiless || head.length === 0) {
      if (surplus) this.#reusable = false;
      if (this.#answer(x, head, bodiless ? -2 : 0, undefined)) this.#whole('');
      return;
    }
    if (head.length > 0 && head.length <= this.#pool.parts.limits.gather) {
      this.#intake.gather(head.length);
      return;
    }
    if (head.length === UNKNOWN) this.#reusable = false;
    const { whole } = this.#pool.parts.limits;
    if (head.length <= CHUNKED && whole !== undefined) {
      this.#intake.collect(head.length, whole);
      return;
    }
    this.#intake.follow(head.length);
    this.#answer(x, head, Math.max(head.length, CHUNKED), undefined);
  }

  /**
   * Shows the response to the frames, and passes it on unless one of them keeps it; then the exchange has left this
   * connection (and may be back on it, as a new attempt), and the answer is false.
   */
  #answer(x: Exchange, head: ResponseHead, length: number, body: Buffer | undefined): boolean {
    if (head.nack && head.status === 503 && x.replayable) {
      this.#nacked(x, body !== undefined || length !== CHUNKED);
      return false;
    }
    if (x.head(head)) {
      x.downstream.respond(x, length, body);
      return true;
    }
    // The attempt will be made again: what is left of this response is worth no waiting.
    this.#x = undefined;
    if (this.#request.finished && this.#reusable && (body !== undefined || length === 0 || length === -2))
      this.#release();
    else this.#wire.destroy();
    x.end();
    return false;
  }

  /** The origin says that it did not process the request: it may go to another one. */
  #nacked(x: Exchange, whole: boolean): void {
    this.#x = undefined;
    if (this.#request.finished && this.#reusable && whole) this.#release();
    else this.#wire.destroy();
    x.fail(new MeshError('nacked', 'The request was Nacked by the server'));
  }

  /** The response is complete. Bytes behind it, which nobody asked for, have made the connection not `reusable`. */
  #whole(trailers: string): void {
    this.#responseDone = true;
    this.#intake.rest();
    this.#x?.downstream.finish(trailers);
    // Where the origin closes behind an early answer, the rest of the request is of no use to it. An origin that answers
    // and does not read on would take that rest for the next request: the connection does not carry another one.
    if (this.#request.finished || !this.#reusable) this.#complete();
    else this.#reusable = false;
  }

  #complete(): void {
    const x = this.#x as Exchange;
    this.#x = undefined;
    if (this.#reusable) this.#release();
    else if (this.#request.finished) this.#wire.end();
    else this.#wire.destroy();
    x.end();
  }

  #release(): void {
    this.#wire.resume(); // whom it answered may have stopped it
    this.#intake.rest();
    this.#used = true;
    if (this.#draining || !this.#pool.keep(this)) this.#wire.end();
  }

  #fail(x: Exchange, error: MeshError): void {
    this.#x = undefined;
    this.#wire.destroy();
    x.fail(error);
  }

  /** The body has ended with the connection, in order. */
  #ended(x: Exchange): void {
    const { head, whole } = this.#intake.end();
    if (whole !== undefined && !this.#answer(x, head, whole.length, whole)) return;
    x.downstream.finish('');
    x.end();
  }

  closed(error: Error | undefined): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#intake.stop();
    this.#counted.close();
    this.#pool.forget(this);
    const x = this.#x;
    if (x === undefined) return;
    this.#x = undefined;
    const { at } = this.#intake;
    if (this.#responseDone) x.end();
    else if (at === 'endless body' && error === undefined) this.#ended(x);
    else if (at === 'before') x.fail(new MeshError(this.#used ? 'stale' : 'reset', 'ChannelException'));
    else
      x.fail(new MeshError('reset', at === 'head' ? 'Connection closed before received headers' : 'ChannelException'));
  }
}

/** Whether an origin that switches to `chosen` was asked to by `offered`, a list; one that does not say is believed. */
function asked(offered: string, chosen: string): boolean {
  if (chosen === '' || chosen === offered) return true;
  const all = offered
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  return chosen
    .toLowerCase()
    .split(',')
    .every((each) => all.includes(each.trim()));
}
