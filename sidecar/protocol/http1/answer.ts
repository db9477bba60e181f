// Hot.
import { STATUS_CODES } from 'node:http';
import type { MeshError } from '../../router/errors.ts';
import type { Exchange } from '../../router/exchange.ts';
import type { RequestHead } from '../../router/request-head.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import { clearResponse } from '../clear-context.ts';
import type { ListenParts } from '../codec.ts';
import { errorLines } from '../error-lines.ts';
import type { Wire } from '../wire.ts';
import { codingFor } from './compression.ts';
import { Compressor, compressed } from './compressor.ts';
import { errorResponse } from './refusal.ts';
import { writeChunk, writeLastChunk } from './write-chunks.ts';

/** How the bytes of a body are written: so many are left, or one of these. */
const CHUNKS = -1;
const RAW = -3;

/** Writes the answers of one connection, one at a time: heads, bodies in the framing the caller takes, errors. */
export class AnswerWriter {
  /** Of the present answer: its head is out; it is complete. */
  started = false;
  finished = false;
  /** The connection ends with the present answer. */
  last = false;
  readonly #parts: ListenParts;
  readonly #wire: () => Wire;
  #out = 0;
  /** The body is read over: the caller may not see it. */
  #silenced = false;
  #compressor: Compressor | undefined = undefined;

  constructor(parts: ListenParts, wire: () => Wire) {
    this.#parts = parts;
    this.#wire = wire;
  }

  /** The body ends with the connection: a close in its midst would pass for its end. */
  get endsWithConnection(): boolean {
    return this.#out === RAW;
  }

  begin(): void {
    this.started = false;
    this.finished = false;
  }

  /** See Downstream.respond. */
  respond(x: Exchange, length: number, body: Buffer | undefined): void {
    const head = x.response as ResponseHead;
    this.started = true;
    this.#compressor = undefined;
    const { compression, clearContext } = this.#parts;
    this.#silenced = clearContext && clearResponse(head) && length !== -2;
    if (this.#silenced) {
      this.#send(x, head, 0, undefined);
      return;
    }
    const coding =
      compression && (length > 0 || length === CHUNKS) ? codingFor(x.request, head.lines, compression) : undefined;
    if (compression === undefined || coding === undefined) {
      this.#send(x, head, length, body);
      return;
    }
    head.lines += `content-encoding: ${coding}\r\n`;
    if (body === undefined) {
      this.#compressor = new Compressor(coding, compression.level);
      this.#send(x, head, CHUNKS, undefined);
    } else {
      const small = compressed(coding, compression.level, body);
      this.#send(x, head, small.length, small);
    }
  }

  #send(x: Exchange, head: ResponseHead, length: number, body: Buffer | undefined): void {
    const framing = this.#framing(x, head, length);
    const via = head.via === '' ? 'Via: 1.1 linkerd\r\n' : `Via: ${head.via}, 1.1 linkerd\r\n`;
    const wire = this.#wire();
    wire.text(
      `HTTP/1.1 ${head.status} ${reasonOf(head)}\r\n${via}${head.lines}${framing}${this.last ? 'Connection: close\r\n\r\n' : '\r\n'}`,
    );
    if (body !== undefined) {
      wire.write(body, 0, body.length);
      this.#out = 0;
    }
    if (this.#out === 0) this.finished = true;
  }

  /** The caller has what it asked for, and the connection carries bytes from now on: 101, or nothing where CONNECT has been answered already. */
  switchOver(x: Exchange): void {
    const head = x.response as ResponseHead;
    this.started = true;
    this.#out = RAW;
    if (x.request.method === 'CONNECT') return;
    const via = head.via === '' ? 'Via: 1.1 linkerd\r\n' : `Via: ${head.via}, 1.1 linkerd\r\n`;
    this.#wire().text(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${x.request.protocol}\r\n${via}${head.lines}\r\n`,
    );
  }

  inform(head: ResponseHead): void {
    if (this.started) return;
    if (this.#parts.clearContext) clearResponse(head);
    this.#wire().text(`HTTP/1.1 ${head.status} ${reasonOf(head)}\r\n${head.lines}\r\n`);
  }

  write(bytes: Buffer, from: number, to: number): void {
    if (this.#silenced) return;
    if (this.#compressor === undefined) this.#write(bytes, from, to);
    else if (to > from) {
      const blocks = this.#compressor.write(bytes, from, to);
      this.#write(blocks, 0, blocks.length);
    }
  }

  #write(bytes: Buffer, from: number, to: number): void {
    const n = to - from;
    const wire = this.#wire();
    if (this.#out === CHUNKS) writeChunk(wire, bytes, from, to);
    else if (n > 0) {
      wire.write(bytes, from, to);
      if (this.#out > 0) this.#out -= n;
    }
  }

  finish(trailers: string): void {
    if (this.#compressor !== undefined) {
      const last = this.#compressor.finish();
      this.#compressor = undefined;
      this.#write(last, 0, last.length);
    }
    if (this.#out === CHUNKS) writeLastChunk(this.#wire(), trailers);
    this.finished = true;
  }

  /** The mesh itself answers. */
  error(error: MeshError, request: RequestHead): void {
    const { errorBytes, limits, clearContext, compression } = this.#parts;
    const coding = compression && codingFor(request, errorLines(error, 0), compression);
    const compress = coding && { coding, level: compression.level };
    const noBody = request.method === 'HEAD';
    if (noBody && error.kind === 'overload') this.last = true; // an answer without a length
    const form = {
      compress,
      noBody,
      last: this.last,
      bodyBytes: errorBytes,
      headerBytes: limits.headers,
      bare: clearContext,
    };
    this.#wire().text(errorResponse(error, form));
  }

  /** Header lines that frame the body, and how it will be written. */
  #framing(x: Exchange, head: ResponseHead, length: number): string {
    if (length === -2) {
      this.#out = 0;
      if (head.length >= 0 && head.status !== 204) return `Content-Length: ${head.length}\r\n`;
      // As in Linkerd: a caller that gets no length for HEAD gets no further answer on the connection either.
      if (x.request.method === 'HEAD' && head.status !== 204 && head.status !== 304) this.last = true;
      return '';
    }
    this.#out = length;
    if (length >= 0) return `Content-Length: ${length}\r\n`;
    if (x.request.minor === 1) {
      this.#out = CHUNKS;
      return 'Transfer-Encoding: chunked\r\n';
    }
    this.#out = RAW;
    this.last = true;
    return '';
  }
}

/** The reason phrase, the standard one where none was given. */
export function reasonOf(head: ResponseHead): string {
  return head.reason === '' ? (STATUS_CODES[head.status] ?? '') : head.reason;
}
