// Hot.
import type { TLSSocket } from 'node:tls';
import type { Closable } from '../../../core/closable.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../../router/exchange.ts';
import { ResponseHead } from '../../router/response-head.ts';
import { connect, type Wire, type WireHandler } from '../wire.ts';
import { BodyScanner } from './body-scanner.ts';
import { responseFields } from './fields.ts';
import { HeadPieces } from './head-pieces.ts';
import { BAD, CHUNKED, HeadParser, INCOMPLETE, UNKNOWN } from './parse-head.ts';
import { passedOn } from './trailers.ts';
import type { Http1Transport } from './transport.ts';
import { requestText } from './write-request.ts';

/** What the connection reads next. */
const Reading = { nothing: 0, head: 1, body: 2 } as const;

const parser = new HeadParser();

/** One connection to an origin, carrying one exchange at a time. */
export class ClientConnection implements WireHandler, Upstream, Waiting {
  readonly #pool: Http1Transport;
  readonly #wire: Wire;
  readonly #head = new ResponseHead();
  #connected = false;
  #gone = false;
  #used = false;
  #timer: Closable | undefined;
  #x: Exchange | undefined;
  #reading: number = Reading.nothing;
  readonly #pieces = new HeadPieces();
  readonly #body = new BodyScanner();
  /** The connection can carry another exchange after this one. */
  #reusable = false;
  #requestDone = false;
  #responseDone = false;
  #failure: string | undefined;

  constructor(pool: Http1Transport) {
    this.#pool = pool;
    const { address, security, counts, clock, connectMs } = pool.parts;
    this.#timer = clock.after(connectMs, () => this.#giveUp(`connection timed out after ${connectMs} ms`));
    this.#wire = connect(
      { host: address.host, port: address.port, tls: security && (() => security.connectOptions()) },
      this,
      counts,
      (socket) => {
        const refused = security?.verdict(socket as TLSSocket);
        if (refused !== undefined) this.#giveUp(refused);
        else this.#ready();
      },
    );
  }

  start(x: Exchange): void {
    this.#x = x;
    x.waiting = this;
    if (this.#connected) this.#send(x);
  }

  close(): void {
    this.#wire.destroy();
  }

  cancel(): void {
    this.#x = undefined;
    this.#wire.destroy();
  }

  #ready(): void {
    if (this.#gone) return;
    this.#timer?.close();
    this.#connected = true;
    const { counts } = this.#pool.parts;
    counts.connects.add();
    counts.open += 1;
    if (this.#pool.parts.security !== undefined) counts.encrypted += 1;
    if (this.#x === undefined) this.#release();
    else this.#send(this.#x);
  }

  #giveUp(why: string): void {
    if (this.#gone) return;
    this.#failure = why;
    this.#wire.destroy();
  }

  #send(x: Exchange): void {
    this.#reading = Reading.head;
    this.#responseDone = false;
    this.#reusable = x.request.minor === 1;
    x.upstream = this;
    this.#wire.text(requestText(x));
    if (x.bodyLength === 0) this.#requestDone = true;
    else if (x.body !== undefined) {
      this.#requestDone = true;
      this.#wire.write(x.body, 0, x.body.length);
    } else {
      this.#requestDone = false;
      x.downstream.flow(x);
    }
  }

  // Sink of a streamed request body.

  write(bytes: Buffer, from: number, to: number): void {
    if (this.#x?.bodyLength !== CHUNKED) this.#wire.write(bytes, from, to);
    else if (to > from) {
      this.#wire.text(`${(to - from).toString(16)}\r\n`);
      this.#wire.write(bytes, from, to);
      this.#wire.text('\r\n');
    }
  }

  finish(trailers: string): void {
    if (this.#x?.switched === true) {
      this.#wire.end();
      return;
    }
    if (this.#x?.bodyLength === CHUNKED) this.#wire.text(trailers === '' ? '0\r\n\r\n' : `0\r\n${trailers}\r\n`);
    this.#requestDone = true;
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
    if (!this.#requestDone) this.#x?.downstream.pause();
  }

  drained(): void {
    if (!this.#requestDone) this.#x?.downstream.resume();
  }

  data(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#gone) {
      switch (this.#reading) {
        case Reading.head:
          at = this.#readHead(bytes, at, to);
          break;
        case Reading.body:
          at = this.#readBody(bytes, at, to);
          break;
        default:
          // Bytes nobody asked for would answer the next caller's request: the connection is of no more use.
          this.#wire.destroy();
          return;
      }
    }
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    const pieces = this.#pieces;
    if (!pieces.add(bytes, from, to)) return to;
    const head = this.#head;
    const next = parser.response(pieces.bytes, pieces.at, pieces.end, this.#pool.parts.limits, head);
    if (next === INCOMPLETE) {
      pieces.keep();
      return to;
    }
    const x = this.#x as Exchange;
    if (next === BAD) {
      this.#fail(x, new MeshError('badResponse', parser.why));
      return to;
    }
    const rest = pieces.behind(next);
    if (head.status < 200) {
      if (head.status === 101 && x.request.protocol !== '') {
        this.#switch(x, head);
        return rest;
      }
      if (head.status === 101) this.#fail(x, new MeshError('badResponse', 'the origin switched protocols unasked'));
      else if (head.status !== 100) x.downstream.inform(head);
      return rest;
    }
    this.#begin(x, head, rest < to);
    return rest;
  }

  /** The origin speaks another protocol now: bytes both ways until either side closes. */
  #switch(x: Exchange, head: ResponseHead): void {
    this.#reading = Reading.body;
    this.#body.start(UNKNOWN);
    this.#reusable = false;
    this.#requestDone = false;
    x.switched = true;
    x.head(head);
    x.downstream.respond(x, CHUNKED, undefined);
    x.downstream.flow(x);
  }

  #begin(x: Exchange, head: ResponseHead, surplus: boolean): void {
    head.length = parser.length;
    if (parser.close) this.#reusable = false;
    const bodiless = x.request.method === 'HEAD' || head.status === 204 || head.status === 304;
    // An origin that does not know a length for HEAD may send a body all the same.
    if (x.request.method === 'HEAD' && head.length < 0) this.#reusable = false;
    if (bodiless || head.length === 0) {
      if (surplus) this.#reusable = false;
      if (this.#answer(x, head, bodiless ? -2 : 0, undefined)) this.#whole('');
      return;
    }
    this.#reading = Reading.body;
    if (head.length > 0 && head.length <= this.#pool.parts.limits.gather) {
      this.#body.gather(head.length);
      return;
    }
    this.#body.start(head.length);
    if (head.length === UNKNOWN) this.#reusable = false;
    this.#answer(x, head, Math.max(head.length, CHUNKED), undefined);
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    const body = this.#body;
    const n = body.next(bytes, from, to);
    if (n < 0) {
      this.#fail(this.#x as Exchange, new MeshError('badResponse', 'bad chunked framing'));
      return to;
    }
    const end = body.at + n;
    if (n > 0) this.#x?.downstream.write(bytes, body.at, end);
    if (body.done) {
      if (end < to) this.#reusable = false;
      const { whole } = body;
      if (whole === undefined || this.#answer(this.#x as Exchange, this.#head, whole.length, whole))
        this.#whole(passedOn(body.trailers, responseFields));
    }
    return end;
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
    if (this.#requestDone && this.#reusable && (body !== undefined || length === 0 || length === -2)) this.#release();
    else this.#wire.destroy();
    x.end();
    return false;
  }

  /** The origin says that it did not process the request: it may go to another one. */
  #nacked(x: Exchange, whole: boolean): void {
    this.#x = undefined;
    if (this.#requestDone && this.#reusable && whole) this.#release();
    else this.#wire.destroy();
    x.fail(new MeshError('nacked', 'The request was Nacked by the server'));
  }

  /** The response is complete. Bytes behind it, which nobody asked for, have made the connection not `reusable`. */
  #whole(trailers: string): void {
    this.#responseDone = true;
    this.#reading = Reading.nothing;
    this.#x?.downstream.finish(trailers);
    // Where the origin closes behind an early answer, the rest of the request is of no use to it.
    if (this.#requestDone || !this.#reusable) this.#complete();
  }

  #complete(): void {
    const x = this.#x as Exchange;
    this.#x = undefined;
    if (this.#reusable) this.#release();
    else if (this.#requestDone) this.#wire.end();
    else this.#wire.destroy();
    x.end();
  }

  #release(): void {
    this.#wire.resume(); // whom it answered may have stopped it
    this.#reading = Reading.nothing;
    this.#used = true;
    if (!this.#pool.keep(this)) this.#wire.end();
  }

  #fail(x: Exchange, error: MeshError): void {
    this.#x = undefined;
    this.#wire.destroy();
    x.fail(error);
  }

  closed(error: Error | undefined): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#timer?.close();
    this.#pool.forget(this);
    const { counts } = this.#pool.parts;
    counts.closes.add();
    if (this.#connected) {
      counts.open -= 1;
      if (this.#pool.parts.security !== undefined) counts.encrypted -= 1;
    }
    const x = this.#x;
    if (x === undefined) return;
    this.#x = undefined;
    if (!this.#connected) x.fail(new MeshError('connect', this.#failure ?? error?.message ?? 'connection closed'));
    else if (this.#responseDone) x.end();
    else if (this.#reading === Reading.body && this.#body.untilClose && error === undefined) {
      x.downstream.finish('');
      x.end();
    } else if (this.#reading === Reading.head && this.#pieces.none) {
      x.fail(new MeshError(this.#used ? 'stale' : 'reset', 'ChannelException'));
    } else
      x.fail(
        new MeshError(
          'reset',
          this.#reading === Reading.head ? 'Connection closed before received headers' : 'ChannelException',
        ),
      );
  }
}
