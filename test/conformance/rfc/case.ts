/**
 * One requirement of RFC 9110 or RFC 9112, and what shows that the linker meets it: bytes from a caller, answers of an
 * origin, and what must be seen at either end. In all texts `{host}` stands for the origin's `host:port`,
 * and `{linker}` for the linker's own.
 */
export interface Case {
  /** Its number, which it keeps. */
  readonly n: number;
  /** `9112 §6.3`. */
  readonly section: string;
  /** The requirement, in our words. */
  readonly must: string;
  /** Whose bytes it is about: what a caller sends on its way to the linker, or what an origin answers. */
  readonly side: 'request' | 'response';
  /** How the linker names the request: by Host (not given), or by the first segment of its path. */
  readonly router?: 'path';
  readonly sends: readonly Step[];
  /** What the origin does about its first request, its second one and so on; 200 "ok" where not given. */
  readonly answers?: readonly Answer[];
  /** All requests that the origin must see, in order. */
  readonly origin: readonly SeenRequest[];
  /** All answers that the caller must see, in order. */
  readonly caller: readonly SeenAnswer[];
  /** What becomes of the caller's connection. */
  readonly after: After;
  /** Connections to the origin in the end, where it matters; the one more request of `open` included. */
  readonly connections?: number;
}

/** Bytes (latin1); a pause in milliseconds; a wait until the caller has heard, or the origin has got, something. */
export type Step = string | number | { readonly hear: string } | { readonly arrived: number } | 'half-close' | 'reset';

/** Bytes to send once the whole request is there, or in its midst (`early`); and how the connection ends then, if so. */
export type Answer =
  | string
  | { readonly send: readonly (string | number)[]; readonly early?: true; readonly end?: 'fin' | 'reset' };

/** `open`: one more request is answered on it. `closed`: the linker ends it, with no further byte. `cut`: in the midst of an answer. `left`: by the caller. */
export type After = 'open' | 'closed' | 'cut' | 'left';

interface Seen {
  /** Field lines: all there are of each of these names, in order. */
  readonly has?: readonly string[];
  /** Names of fields that must not be there. */
  readonly lacks?: readonly string[];
  readonly body?: string;
  readonly framing?: 'none' | 'length' | 'chunked' | 'close';
  readonly trailers?: readonly string[];
}

export interface SeenRequest extends Seen {
  /** The first line; any where not given. */
  readonly line?: string;
  /** Its end never comes; it may not come at all. */
  readonly partial?: true;
}

export interface SeenAnswer extends Seen {
  readonly status: number;
  readonly version?: string;
  readonly reason?: string;
  /** The method it answers, where its body depends on it. */
  readonly to?: 'HEAD' | 'CONNECT';
  /** Statuses of the 1xx answers before it; none where not given. */
  readonly interim?: readonly number[];
}

export const host = 'Host: {host}\r\n';

/** `request('GET /a', 'X-A: 1\r\n')` with a Host, a body if given. */
export const request = (line: string, lines = '', body = ''): string =>
  `${line} HTTP/1.1\r\n${host}${lines}\r\n${body}`;

/** An answer with a length. */
export const ok = (body = 'ok', lines = ''): string =>
  `HTTP/1.1 200 OK\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;

export const chunked = (lines = ''): string => `Transfer-Encoding: chunked\r\n${lines}`;

/** The part of a case that is its name. */
type Name = Pick<Case, 'n' | 'section' | 'must'>;

/** A request that is answered with 400 and the end of the connection; nothing of it, or behind it, reaches the origin. */
export const refused = (n: number, section: string, must: string, bytes: string, status = 400): Case => ({
  ...({ n, section, must, side: 'request' } as const),
  sends: [bytes, request('GET /behind')],
  origin: [],
  caller: [{ status }],
  after: 'closed',
});

/** A request that is answered with 200, whatever it is for the origin. */
export const passes = (
  name: Name,
  bytes: string | readonly Step[],
  seen: SeenRequest,
  after: After = 'open',
): Case => ({
  ...name,
  side: 'request',
  sends: typeof bytes === 'string' ? [bytes] : bytes,
  origin: [seen],
  caller: [{ status: 200, body: 'ok' }],
  after,
});

/** A request whose body breaks its framing: the origin never sees its end, nor anything behind it. */
export const broken = (n: number, section: string, must: string, body: string): Case => ({
  ...({ n, section, must, side: 'request' } as const),
  sends: [request('POST /broken', chunked(), body), request('GET /behind')],
  origin: [{ line: 'POST /broken HTTP/1.1', partial: true }],
  caller: [{ status: 400 }],
  after: 'closed',
});

/** An answer that is none: 502 for the caller, whose connection stays good. */
export const badGateway = (n: number, section: string, must: string, answer: Answer): Case => ({
  ...({ n, section, must, side: 'response' } as const),
  sends: [request('GET /')],
  answers: [answer],
  origin: [{ line: 'GET / HTTP/1.1' }],
  caller: [{ status: 502 }],
  after: 'open',
  connections: 2,
});

/** An answer that reaches the caller, to a GET. */
export const returns = (name: Name, answer: Answer, seen: SeenAnswer, more: Partial<Case> = {}): Case => ({
  ...name,
  side: 'response',
  sends: [request('GET /')],
  answers: [answer],
  origin: [{ line: 'GET / HTTP/1.1' }],
  caller: [seen],
  after: 'open',
  ...more,
});
