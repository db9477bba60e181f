// Hot.
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../../router/exchange.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { ClientSession } from './client-session.ts';
import { Code } from './frame.ts';
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
    const { session } = this;
    session.out.headers(this.id, session.form.request(x, session.parts.scheme), none);
    if (none) this.localDone = true;
    else if (x.body !== undefined) {
      this.send(x.body, 0, x.body.length);
      this.sendEnd('');
    } else if (x.request.protocol === '' && x.request.method !== 'CONNECT') x.downstream.flow(x);
  }

  /** A caller that gave up for a reason of HTTP/2 gives the origin the same (as Linkerd). */
  cancel(_x: Exchange, { kind, cause }: MeshError): void {
    this.session.reset(this, kind === 'abandoned' && typeof cause === 'number' ? cause : Code.cancel);
  }

  // Sink of a streamed request body.

  write(bytes: Buffer, from: number, to: number): void {
    this.send(bytes, from, to);
  }

  finish(trailers: string): void {
    this.sendEnd(trailers);
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
    if (request.method === 'CONNECT') return head.status >= 200 && head.status < 300;
    return request.protocol !== '' && this.session.form.switches(head.status);
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
    x.downstream.finish(x.completed(trailers));
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
      // Between linkers the stream is ours alone, and so is its second try; a caller of h2 has its own.
      if (this.session.parts.linked) this.unseen();
      else x.fail(new MeshError('refused', 'the origin refused the stream'));
    } else x.fail(new MeshError('reset', `the origin reset the stream with code ${code}`, { cause: code }));
  }

  /** The peer has not looked at it, and it may be sent again. */
  unseen(): void {
    this.x.fail(new MeshError('nacked', 'The request was Nacked by the server'));
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
