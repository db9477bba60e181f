import assert from 'node:assert/strict';
import { BAD, type HeadLimits, HeadParser, INCOMPLETE } from '#sidecar/protocol/http1/parse-head.ts';
import { RequestHead } from '#sidecar/router/request-head.ts';
import { ResponseHead } from '#sidecar/router/response-head.ts';

export const LIMITS = { line: 100, headers: 200 };

export type Verdict<Head> =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'bad'; readonly status: number; readonly why: string }
  | { readonly kind: 'whole'; readonly head: Head; readonly parser: HeadParser; readonly end: number };

function verdict<Head>(end: number, head: Head, parser: HeadParser): Verdict<Head> {
  if (end === INCOMPLETE) return { kind: 'incomplete' };
  if (end === BAD) return { kind: 'bad', status: parser.status, why: parser.why };
  return { kind: 'whole', head, parser, end };
}

/** The verdict on the head at the start of a text (latin1). */
export function request(text: string, limits: HeadLimits = LIMITS): Verdict<RequestHead> {
  const [parser, head] = [new HeadParser(), new RequestHead()];
  return verdict(parser.request(Buffer.from(text, 'latin1'), 0, text.length, limits, head), head, parser);
}

export function response(text: string, limits: HeadLimits = LIMITS): Verdict<ResponseHead> {
  const [parser, head] = [new HeadParser(), new ResponseHead()];
  return verdict(parser.response(Buffer.from(text, 'latin1'), 0, text.length, limits, head), head, parser);
}

/** The verdict, which must be that the head is whole. */
export function whole<Head>(parsed: Verdict<Head>): Extract<Verdict<Head>, { kind: 'whole' }> {
  return parsed.kind === 'whole' ? parsed : assert.fail(JSON.stringify(parsed));
}

/** A request or response head with these lines, each with its CRLF. */
export const get = (lines = '', start = 'GET / HTTP/1.1') => `${start}\r\n${lines}\r\n`;
export const ok = (lines = '', start = 'HTTP/1.1 200 OK') => `${start}\r\n${lines}\r\n`;
