// Hot.
import { writeTrace } from '../../../core/telemetry/trace.ts';
import type { Exchange } from '../../router/exchange.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import { Type } from './frame.ts';
import type { HeadForm, HeadReader } from './head-form.ts';
import { type Received, requestOf, requestTrailersOf, responseOf, responseTrailersOf } from './heads.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { encodeField, encodeLines, encodeSameLines, encodeVarying, encodeVaryingLines } from './hpack-encoder.ts';
import { LastLines } from './last-lines.ts';
import type { Entry } from './static-table.ts';

const fc = String.fromCharCode;
/** Statuses of the static table. */
const STATUS: Readonly<Record<number, string>> = Object.fromEntries(
  [200, 204, 206, 304, 400, 404, 500].map((status, i) => [status, fc(0x80 | (i + 8))]),
);

/** Heads as header lists, compressed (RFC 9113 §8, RFC 7541). */
export const hpackForm: HeadForm = {
  frame: Type.headers,
  reader: (limit) => new FieldReader(limit),
  request: requestBlock,
  response(head, via, length, switched) {
    const code = switched ? 200 : head.status;
    const status = STATUS[code] ?? encodeField(':status', String(code));
    return (
      status +
      (via === '' ? '' : encodeField('via', via)) +
      encodeSameLines(head.lines) +
      (length < 0 ? '' : encodeVarying('content-length', String(length)))
    );
  },
  trailers: encodeVaryingLines,
  switches: (status) => status >= 200 && status < 300,
};

/** Reads header lists; those that are too large only as far as they may be. */
export class FieldReader implements HeadReader {
  fields: Entry[] = [];
  tooLarge = false;
  readonly #limit: number;
  readonly #decoder = new HpackDecoder();
  readonly #last = new LastLines();

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(bytes: Buffer, from: number, to: number): boolean {
    this.fields = [];
    const size = this.#decoder.decode(bytes, from, to, this.fields, this.#limit);
    this.tooLarge = size > this.#limit;
    return size >= 0;
  }

  request(): Received | undefined {
    return requestOf(this.fields, this.#last);
  }

  /** There is no 101 in HTTP/2. */
  response(): ResponseHead | undefined {
    const head = responseOf(this.fields, this.#last);
    return head?.status === 101 ? undefined : head;
  }

  requestTrailers(): string | undefined {
    return requestTrailersOf(this.fields);
  }

  responseTrailers(): string | undefined {
    return responseTrailersOf(this.fields);
  }
}

function requestBlock(x: Exchange, scheme: 'http' | 'https'): string {
  const head = x.request;
  const connect = head.method === 'CONNECT';
  let block = encodeField(':method', connect || head.protocol !== '' ? 'CONNECT' : head.method);
  if (head.protocol !== '') block += encodeField(':protocol', head.protocol.toLowerCase());
  if (!connect)
    block += encodeField(':scheme', head.scheme === '' ? scheme : head.scheme) + encodeVarying(':path', head.uri);
  if (head.host !== '') block += encodeField(':authority', head.host);
  block += encodeSameLines(head.lines);
  if (head.teTrailers) block += encodeField('te', 'trailers');
  block += encodeField('via', head.via === '' ? x.via : `${head.via}, ${x.via}`);
  if (x.bodyLength > 0) block += encodeVarying('content-length', String(x.bodyLength));
  if (x.share !== undefined) block += encodeLines(x.share.lines);
  block += encodeVaryingLines(x.context);
  if (x.attemptDeadline !== '') block += encodeVarying('l5d-ctx-deadline', x.attemptDeadline);
  if (x.attemptTrace !== undefined) block += encodeVarying('l5d-ctx-trace', writeTrace(x.attemptTrace));
  return block;
}
