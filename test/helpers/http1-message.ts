import { type ByteQueue, Malformed } from './byte-queue.ts';

/** An HTTP/1.1 head exactly as it came; text is latin1. */
export interface Head {
  /** Request line or status line. */
  readonly start: string;
  /** In order, names as they were written, values without the blanks around them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

export interface Body {
  readonly framing: Framing['kind'];
  readonly body: Buffer;
  /** Chunk by chunk where the framing is chunked. */
  readonly chunks: readonly Buffer[];
  readonly trailers: Head['headers'];
}

export interface Response extends Head, Body {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** 1xx responses before this one. */
  readonly interim: readonly InterimResponse[];
}

export interface InterimResponse extends Head {
  readonly status: number;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** All values of a header, in order. */
export function values(head: Head, name: string): readonly string[] {
  const lower = name.toLowerCase();
  return head.headers.filter(([n]) => n.toLowerCase() === lower).map(([, value]) => value);
}

/** The value of a header that may come once at most; undefined where absent. */
export function value(head: Head, name: string): string | undefined {
  const all = values(head, name);
  if (all.length > 1) throw new Malformed(`${all.length} headers ${name}`);
  return all[0];
}

async function readFields(queue: ByteQueue): Promise<Head['headers']> {
  const fields: (readonly [string, string])[] = [];
  for (;;) {
    const line = await queue.line();
    if (line === '') return fields;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const text = line.slice(colon + 1);
    if (colon < 1 || !token.test(name) || /[\0-\x08\x0a-\x1f\x7f]/.test(text))
      throw new Malformed(`field ${JSON.stringify(line)}`);
    fields.push([name, text.replace(/^[ \t]+|[ \t]+$/g, '')]);
  }
}

export async function readHead(queue: ByteQueue): Promise<Head> {
  const start = await queue.line();
  return { start, headers: await readFields(queue) };
}

/** What the fields say of the length (RFC 9112 section 6.3), refusing every doubt; undefined where they say nothing. */
function announced(head: Head): Framing | undefined {
  const length = value(head, 'content-length');
  const coding = value(head, 'transfer-encoding');
  if (length !== undefined && coding !== undefined) throw new Malformed('both Content-Length and Transfer-Encoding');
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw new Malformed(`Transfer-Encoding: ${coding}`);
    return { kind: 'chunked' };
  }
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw new Malformed(`Content-Length: ${length}`);
  return { kind: 'length', bytes: Number(length) };
}

export function requestFraming(head: Head): Framing {
  return announced(head) ?? { kind: 'none' };
}

export function responseFraming(head: Head, status: number, method: string): Framing {
  const framing = announced(head);
  if ((status < 200 || status === 204) && framing !== undefined)
    throw new Malformed(`${status} with ${framing.kind} framing`);
  const granted = method === 'CONNECT' && status < 300;
  if (granted && framing !== undefined) throw new Malformed(`a tunnel with ${framing.kind} framing`);
  if (granted || method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  return framing ?? { kind: 'close' };
}

export async function readBody(queue: ByteQueue, framing: Framing): Promise<Body> {
  const whole = (body: Buffer): Body => ({ framing: framing.kind, body, chunks: [], trailers: [] });
  switch (framing.kind) {
    case 'none':
      return whole(Buffer.alloc(0));
    case 'length':
      return whole(await queue.take(framing.bytes));
    case 'close':
      return whole(await queue.rest());
    case 'chunked':
      return readChunked(queue);
  }
}

async function readChunked(queue: ByteQueue): Promise<Body> {
  const chunks: Buffer[] = [];
  for (;;) {
    const line = await queue.line();
    const size = /^([0-9a-fA-F]{1,13})(;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new Malformed(`chunk size ${JSON.stringify(line)}`);
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0)
      return { framing: 'chunked', body: Buffer.concat(chunks), chunks, trailers: await readFields(queue) };
    chunks.push(await queue.take(bytes));
    if ((await queue.line()) !== '') throw new Malformed('bytes after a chunk');
  }
}

/** One response with the interim ones before it. `method` is that of the request it answers. */
export async function readResponse(queue: ByteQueue, method: string): Promise<Response> {
  const interim: InterimResponse[] = [];
  for (;;) {
    const head = await readHead(queue);
    const line = /^(HTTP\/1\.[01]) ([1-9]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/.exec(head.start);
    if (line === null) throw new Malformed(`status line ${JSON.stringify(head.start)}`);
    const [, version = '', digits = '', reason = ''] = line;
    const status = Number(digits);
    const framing = responseFraming(head, status, method);
    if (status < 200 && status !== 101) interim.push({ ...head, status });
    else return { ...head, version, status, reason, interim, ...(await readBody(queue, framing)) };
  }
}
