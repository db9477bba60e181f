// Hot.
import { RequestHead } from '../router/request-head.ts';
import { ResponseHead } from '../router/response-head.ts';
import { Type } from './h2/frame.ts';
import type { HeadForm, HeadReader } from './h2/head-form.ts';
import type { Received } from './h2/heads.ts';
import { reasonOf } from './http1/answer.ts';
import { ChunkScanner } from './http1/chunked.ts';
import { type FieldTable, requestFields, responseFields } from './http1/fields.ts';
import { CHUNKED, HeadParser } from './http1/parse-head.ts';
import { passedOn } from './http1/trailers.ts';
import { requestText } from './http1/write-request.ts';

/**
 * Heads of HTTP/1.1 on an HTTP/2 connection between two linkers, as they are: spelling, order, version and reason reach
 * the application untouched, and nothing is taken apart on the way. What frames a body in HTTP/1.1 tells its length here;
 * the frames of HTTP/2 say where it ends. Trailers stand behind a last chunk.
 */
export const meshForm: HeadForm = {
  frame: Type.head1,
  reader: (limit) => new TextReader(limit),
  request: requestText,
  response(head, via, length) {
    const told = length < 0 ? '' : `Content-Length: ${length}\r\n`;
    const by = via === '' ? '' : `Via: ${via}\r\n`;
    return `HTTP/1.${head.minor} ${head.status} ${reasonOf(head)}\r\n${by}${head.lines}${told}\r\n`;
  },
  trailers: (lines) => `0\r\n${lines}\r\n`,
  switches: (status) => status === 101,
};

const parser = new HeadParser();
const chunks = new ChunkScanner();

/** Reads such heads, as strictly as those of any caller and any origin. */
class TextReader implements HeadReader {
  readonly #limits: { readonly line: number; readonly headers: number };
  #bytes!: Buffer;
  #from = 0;
  #to = 0;

  /** `limit` bytes at most, of which the first line may take all. */
  constructor(limit: number) {
    this.#limits = { line: limit, headers: limit };
  }

  take(bytes: Buffer, from: number, to: number): boolean {
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    return true;
  }

  get tooLarge(): boolean {
    return this.#to - this.#from > this.#limits.headers;
  }

  request(): Received | undefined {
    const head = new RequestHead();
    if (parser.request(this.#bytes, this.#from, this.#to, this.#limits, head) !== this.#to) return undefined;
    head.protocol = parser.upgrade;
    return { head, length: Math.max(parser.length, CHUNKED), expectsContinue: parser.expectsContinue };
  }

  response(): ResponseHead | undefined {
    const head = new ResponseHead();
    if (parser.response(this.#bytes, this.#from, this.#to, this.#limits, head) !== this.#to) return undefined;
    if (parser.length === CHUNKED) return undefined;
    head.length = parser.length;
    return head;
  }

  requestTrailers(): string | undefined {
    return this.#trailers(requestFields);
  }

  responseTrailers(): string | undefined {
    return this.#trailers(responseFields);
  }

  #trailers(fields: FieldTable): string | undefined {
    chunks.reset();
    const n = chunks.next(this.#bytes, this.#from, this.#to);
    return n === 0 && chunks.done && chunks.at === this.#to ? passedOn(chunks.trailers, fields, '') : undefined;
  }
}
