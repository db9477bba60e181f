// Hot.
import type { Exchange } from '../../router/exchange.ts';
import type { Wire } from '../wire.ts';
import { CHUNKED } from './parse-head.ts';
import { writeChunk, writeLastChunk } from './write-chunks.ts';
import { requestText } from './write-request.ts';

/** Writes the requests of one connection, one at a time: heads, and bodies in the framing they came in. */
export class RequestWriter {
  /** Of the present request: it is complete. */
  finished = false;
  readonly #wire: Pick<Wire, 'text' | 'write'>;
  #chunks = false;

  constructor(wire: Pick<Wire, 'text' | 'write'>) {
    this.#wire = wire;
  }

  /** The head, and the body where it is at hand; else the body may flow. */
  begin(x: Exchange): void {
    this.#wire.text(requestText(x));
    this.#chunks = x.bodyLength === CHUNKED;
    this.finished = x.replayable && x.keepBytes === 0;
    if (!this.finished) x.downstream.flow(x);
    else if (x.body !== undefined) this.#wire.write(x.body, 0, x.body.length);
  }

  /** The connection carries bytes from now on: the request goes on without an end. */
  switchOver(): void {
    this.finished = false;
    this.#chunks = false;
  }

  write(bytes: Buffer, from: number, to: number): void {
    if (this.#chunks) writeChunk(this.#wire, bytes, from, to);
    else this.#wire.write(bytes, from, to);
  }

  finish(trailers: string): void {
    this.finished = true;
    if (this.#chunks) writeLastChunk(this.#wire, trailers);
  }
}
