// Hot.
import { writeTrace } from '../../../core/telemetry/trace.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../../router/exchange.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { ClientSession } from './client-session.ts';
import { Code } from './frame.ts';
import { encodeField, encodeLines, encodeVarying, encodeVaryingLines } from './hpack-encoder.ts';
import { Stream } from './stream.ts';

/** One attempt of a request at an HTTP/2 origin. */
export class ClientStream extends Stream implements Upstream, Waiting {
  declare readonly session: ClientSession;
  readonly x: Exchange;
  #head: ResponseHead | undefined;
  #gathering: Buffer[] | undefined;
  #seen = 0;

  constructor(session: ClientSession, id: number, x: Exchange) {
    super(session, id);
    this.x = x;
  }

  /** The head of the response has come. */
  get headed(): boolean {
    return this.#head !== undefined;
  }

  begin(): void {
    const { x } = this;
    x.waiting = this;
    x.upstream = this;
    const none = x.bodyLength === 0 && x.request.protocol === '';
    this.session.out.headers(this.id, requestBlock(x, this.session), none);
    if (none) this.localDone = true;
    else if (x.body !== undefined) {
      this.send(x.body, 0, x.body.length);
      this.sendEnd('');
    } else if (x.request.protocol === '' && x.request.method !== 'CONNECT') x.downstream.flow(x);
  }

  cancel(): void {
    this.session.reset(this, Code.cancel);
  }

  // Sink of a streamed request body.

  write(bytes: Buffer, from: number, to: number): void {
    this.send(bytes, from, to);
  }

  finish(trailers: string): void {
    this.sendEnd(trailers === '' ? '' : this.session.parts.spelled(trailers));
  }

  // Source of the response body.

  pause(): void {
    this.pauseReceiving();
  }

  resume(): void {
    this.resumeReceiving();
  }

  full(): void {
    this.x.downstream.pause();
  }

  drained(): void {
    this.x.downstream.resume();
  }

  /** The head of the response; `ends`: there is no body. */
  answered(head: ResponseHead, ends: boolean): void {
    const { x } = this;
    this.#head = head;
    head.ends = ends;
    this.session.parts.readResponse(head);
    if (this.#switches(head)) {
      x.switched = true;
      if (!this.#answer(-1, undefined)) return;
      x.downstream.flow(x);
    } else if (x.request.method === 'CONNECT' && this.session.parts.grantsOnly) {
      this.session.reset(this, Code.cancel);
      x.fail(new MeshError('nacked', `the linker at ${x.address} refused the tunnel with ${head.status}`));
    } else if (this.#bodiless(head)) this.#answer(-2, undefined);
    else if (ends && head.length > 0) this.#wrong();
    else if (ends) this.#answer(0, undefined);
    else if (head.length > 0 && head.length <= this.session.parts.gather) this.#gathering = [];
    else this.#answer(head.length > 0 ? head.length : -1, undefined); // of no length: trailers may follow
  }

  #bodiless(head: ResponseHead): boolean {
    return this.x.request.method === 'HEAD' || head.status === 204 || head.status === 304;
  }

  /** The peer grants a tunnel: to CONNECT, or to an Upgrade that came as an extended CONNECT. */
  #switches(head: ResponseHead): boolean {
    const { request } = this.x;
    return request.method === 'CONNECT' || request.protocol !== '' ? this.session.parts.granted(this.x, head) : false;
  }

  received(bytes: Buffer, from: number, to: number): void {
    const head = this.#head;
    this.#seen += to - from;
    if (head === undefined || (head.length >= 0 && this.#seen > head.length) || this.#bodiless(head)) {
      this.#wrong();
    } else if (this.#gathering !== undefined) this.#gathering.push(Buffer.from(bytes.subarray(from, to)));
    else this.x.downstream.write(bytes, from, to);
  }

  receivedEnd(trailers: string): void {
    const { x } = this;
    const head = this.#head;
    if (head === undefined || (head.length >= 0 && this.#seen !== head.length && !this.#bodiless(head))) {
      this.#wrong();
      return;
    }
    const gathered = this.#gathering;
    if (gathered !== undefined) {
      this.#gathering = undefined;
      if (!this.#answer(this.#seen, Buffer.concat(gathered))) return;
    }
    x.downstream.finish(x.completed(trailers === '' ? '' : this.session.parts.respelled(trailers)));
    if (this.localDone || x.switched) return; // `finished` follows; the ends of a tunnel end each by itself
    // The answer is there before the request was read: what is left of it is of no use to the origin.
    this.session.reset(this, Code.none);
    x.end();
  }

  finished(): void {
    this.x.end();
  }

  broken(code: number, lost: boolean): void {
    const { x } = this;
    const unanswered = this.#head === undefined;
    if (lost) {
      const kind = unanswered && this.id > 1 ? 'stale' : 'reset';
      const cause = code === Code.cancel ? undefined : { cause: code }; // a cause is what the origin, or we, had to say
      x.fail(new MeshError(kind, 'the connection to the origin broke', cause));
    } else if (code === Code.refused && unanswered) {
      x.fail(new MeshError('nacked', 'The request was Nacked by the server'));
    } else x.fail(new MeshError('reset', `the origin reset the stream with code ${code}`, { cause: code }));
  }

  /** Shows the head to the frames; false where the attempt will be made again, and this one is given up. */
  #answer(length: number, body: Buffer | undefined): boolean {
    const { x } = this;
    const head = this.#head as ResponseHead;
    if (x.head(head)) {
      x.downstream.respond(x, length, body);
      return true;
    }
    if ((this.remoteDone || head.ends) && this.localDone) this.session.drop(this);
    else this.session.reset(this, Code.cancel);
    x.end();
    return false;
  }

  #wrong(): void {
    this.session.reset(this, Code.protocol);
    this.x.fail(new MeshError('badResponse', 'malformed HTTP/2 response'));
  }
}

function requestBlock(x: Exchange, session: ClientSession): string {
  const head = x.request;
  const connect = head.method === 'CONNECT';
  let block = encodeField(':method', connect || head.protocol !== '' ? 'CONNECT' : head.method);
  if (head.protocol !== '') block += encodeField(':protocol', head.protocol.toLowerCase());
  if (!connect)
    block +=
      encodeField(':scheme', head.scheme === '' ? session.parts.scheme : head.scheme) +
      encodeVarying(':path', head.uri);
  if (head.host !== '') block += encodeField(':authority', head.host);
  block += encodeVaryingLines(head.lines);
  if (head.teTrailers) block += encodeField('te', 'trailers');
  block += encodeField('via', head.via === '' ? x.via : `${head.via}, ${x.via}`);
  if (x.bodyLength > 0) block += encodeVarying('content-length', String(x.bodyLength));
  if (x.share !== undefined) block += encodeLines(x.share.lines);
  block += encodeVaryingLines(x.context);
  if (x.attemptDeadline !== '') block += encodeVarying('l5d-ctx-deadline', x.attemptDeadline);
  if (x.attemptTrace !== undefined) block += encodeVarying('l5d-ctx-trace', writeTrace(x.attemptTrace));
  return block + session.parts.requestExtra(x);
}
