import { STATUS_CODES } from 'node:http';
import { failures, type MeshError } from '../../router/errors.ts';
import { errorLines } from '../error-lines.ts';
import type { Coding } from './compression.ts';
import { compressed } from './compressor.ts';

/** The answer to bytes that are no request: nothing of them is trusted, and the connection ends. As Linkerd answers. */
export function bareRefusal(status: number): string {
  return `HTTP/1.0 ${status} ${STATUS_CODES[status] ?? 'Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

export interface ErrorForm {
  /** The caller takes the text compressed. */
  readonly compress: { readonly coding: Coding; readonly level: number } | undefined;
  /** For HEAD. */
  readonly noBody: boolean;
  /** The connection ends with this answer. */
  readonly last: boolean;
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Tell the caller the status, and nothing of the mesh (`clearContext`). */
  readonly bare: boolean;
}

/**
 * The answer to a request the mesh could not carry out: the error's text as body, and form-encoded in `l5d-err`, each
 * cut at its limit in bytes.
 */
export function errorResponse(error: MeshError, form: ErrorForm): string {
  const { http } = failures[error.kind];
  if (error.kind === 'overload') return nack(error, form);
  const plain = Buffer.from(form.bare ? '' : error.message, 'utf8').subarray(0, form.bodyBytes);
  const compress = plain.length === 0 ? undefined : form.compress;
  const body = compress === undefined ? plain : compressed(compress.coding, compress.level, plain);
  const text = body.toString('latin1');
  const coding = compress === undefined ? '' : `content-encoding: ${compress.coding}\r\n`;
  const told = form.bare ? 'Content-Type: text/plain\r\n' : errorLines(error, form.headerBytes);
  const close = form.last ? 'Connection: close\r\n' : '';
  const head = `HTTP/1.1 ${http} ${STATUS_CODES[http] ?? ''}\r\n${told}${coding}${close}Content-Length: ${text.length}\r\n\r\n`;
  return form.noBody ? head : head + text;
}

/** As Finagle refuses: without a length where there is no body, for which reason the connection has to end. */
function nack(error: MeshError, { noBody, last, headerBytes }: ErrorForm): string {
  const lines = errorLines(error, headerBytes) + (last ? 'Connection: close\r\n' : '');
  const head = `HTTP/1.1 503 ${STATUS_CODES[503]}\r\n${lines}`;
  return noBody ? `${head}\r\n` : `${head}Content-Length: ${error.message.length}\r\n\r\n${error.message}`;
}
