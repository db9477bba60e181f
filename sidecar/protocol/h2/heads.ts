// Hot.
import { RequestHead } from '../../router/request-head.ts';
import { ResponseHead } from '../../router/response-head.ts';
import {
  Field,
  type FieldId,
  requestNames,
  responseNames,
  takeRequestField,
  takeResponseField,
} from '../mesh-fields.ts';
import type { Entry } from './static-table.ts';

/** A request as its header block says it; `malformed` where the block breaks RFC 9113 §8. */
export interface Received<H> {
  readonly head: H;
  /** Content-Length, -1 where absent. */
  readonly length: number;
}

const requestFields: ReadonlyMap<string, FieldId> = new Map(Object.entries(requestNames));
const responseFields: ReadonlyMap<string, FieldId> = new Map(Object.entries(responseNames));

/** RFC 9110 §5.6.2 without capitals: names are in lower case in HTTP/2. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 9113 §8.2.1: no controls, no blanks at either end. */
const VALUE = /^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/;
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[!-~]+$/;
const AUTHORITY = /^[!-~]*$/;

/** Names seen and found good: checking a name again is one look-up. Bounded, as peers choose them. */
const good = new Set<string>();

function goodName(name: string): boolean {
  if (good.has(name)) return true;
  if (!NAME.test(name)) return false;
  if (good.size < 2000) good.add(name);
  return true;
}

/** Undefined where the block is malformed. */
export function requestOf(fields: readonly Entry[]): Received<RequestHead> | undefined {
  const head = new RequestHead();
  let length = -1;
  let scheme = '';
  let path = '';
  let authority: string | undefined;
  let protocol = '';
  let cookies = '';
  let lines = '';
  let pseudo = true;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as Entry;
    const { name, value } = field;
    if (name.charCodeAt(0) === 58) {
      if (!pseudo) return undefined;
      if (name === ':method' && head.method === '') head.method = value;
      else if (name === ':path' && path === '') path = value;
      else if (name === ':scheme' && scheme === '') scheme = value;
      else if (name === ':authority' && authority === undefined) authority = value;
      else if (name === ':protocol' && protocol === '') protocol = value;
      else return undefined;
      continue;
    }
    pseudo = false;
    if (!goodName(name) || !VALUE.test(value)) return undefined;
    const special = requestFields.get(name);
    if (special === undefined) {
      // Crumbs of one cookie are put together again (RFC 9113 §8.2.3).
      if (name === 'cookie') cookies = cookies === '' ? value : `${cookies}; ${value}`;
      else if (name === 'keep-alive' || name === 'proxy-connection') return undefined;
      else lines += field.line;
    } else if (special === Field.host) {
      if (authority !== undefined && authority !== '' && authority !== value) return undefined;
      if (authority === undefined || authority === '') authority = value;
    } else if (special === Field.contentLength) {
      const n = digits(value);
      if (n < 0 || (length >= 0 && length !== n)) return undefined;
      length = n;
    } else if (special === Field.transferEncoding || special === Field.connection || special === Field.upgrade) {
      return undefined;
    } else if (name === 'te') {
      if (value !== 'trailers') return undefined;
      head.teTrailers = true;
    } else if (special === Field.expect) {
      if (value.toLowerCase() !== '100-continue') lines += field.line;
    } else if (special !== Field.dropped) takeRequestField(head, special, value);
  }
  const connect = head.method === 'CONNECT';
  if (!METHOD.test(head.method) || (authority !== undefined && !AUTHORITY.test(authority))) return undefined;
  if (connect && protocol === '') {
    if (path !== '' || scheme !== '' || !authority) return undefined;
    path = authority;
  } else if (
    !TARGET.test(path) ||
    scheme === '' ||
    !(path.startsWith('/') || (path === '*' && head.method === 'OPTIONS'))
  ) {
    return undefined;
  }
  if (protocol !== '' && !connect) return undefined;
  head.uri = path;
  head.scheme = scheme;
  head.protocol = protocol;
  head.host = authority ?? '';
  head.lines = `${head.host === '' ? '' : `Host: ${head.host}\r\n`}${lines}${cookies === '' ? '' : `cookie: ${cookies}\r\n`}`;
  return { head, length };
}

/** Undefined where the block is malformed. */
export function responseOf(fields: readonly Entry[]): ResponseHead | undefined {
  const head = new ResponseHead();
  let pseudo = true;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as Entry;
    const { name, value } = field;
    if (name.charCodeAt(0) === 58) {
      if (!pseudo || name !== ':status' || head.status !== 0 || !/^[1-9]\d\d$/.test(value)) return undefined;
      head.status = Number(value);
      continue;
    }
    pseudo = false;
    if (!goodName(name) || !VALUE.test(value)) return undefined;
    const special = responseFields.get(name);
    if (special === undefined) {
      if (name === 'keep-alive' || name === 'proxy-connection') return undefined;
      head.lines += field.line;
    } else if (special === Field.contentLength) {
      const n = digits(value);
      if (n < 0 || (head.length >= 0 && head.length !== n)) return undefined;
      head.length = n;
    } else if (special === Field.transferEncoding || special === Field.connection || special === Field.upgrade) {
      return undefined;
    } else if (special !== Field.dropped) head.lines += takeResponseField(head, special, value);
  }
  return head.status === 0 ? undefined : head;
}

/** Trailers as lines; undefined where they are malformed (a pseudo-header, a bad name). */
export function trailersOf(fields: readonly Entry[]): string | undefined {
  let lines = '';
  for (const { name, value, line } of fields) {
    if (!goodName(name) || !VALUE.test(value)) return undefined;
    lines += line;
  }
  return lines;
}

function digits(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
