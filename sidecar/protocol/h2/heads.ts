// Hot.
import { RequestHead } from '../../router/request-head.ts';
import { ResponseHead } from '../../router/response-head.ts';
import { isAuthority, isDestination } from '../authority.ts';
import {
  Field,
  type FieldId,
  requestNames,
  responseNames,
  takeRequestField,
  takeResponseField,
} from '../mesh-fields.ts';
import { LastLines } from './last-lines.ts';
import type { Entry } from './static-table.ts';

/** A request as its header block says it. */
export interface Received {
  readonly head: RequestHead;
  /** Content-Length, -1 where absent. */
  readonly length: number;
  /** The caller waits to be told to go on before it sends the body. */
  readonly expectsContinue: boolean;
}

const requestFields: ReadonlyMap<string, FieldId> = new Map(Object.entries(requestNames));
const responseFields: ReadonlyMap<string, FieldId> = new Map(Object.entries(responseNames));

/** RFC 9110 §5.6.2 without capitals: names are in lower case in HTTP/2. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 9113 §8.2.1: no controls, no blanks at either end. */
const VALUE = /^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/;
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[!-~]+$/;
/** RFC 3986 §3.1. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+\-.]*$/;

/** Names seen and found good: checking a name again is one look-up. Bounded, as peers choose them. */
const good = new Set<string>();

/** Whether the name and the value may stand in a head; remembered with the entry. */
function isGood(field: Entry): boolean {
  field.good = goodName(field.name) && VALUE.test(field.value);
  return field.good;
}

function goodName(name: string): boolean {
  if (good.has(name)) return true;
  if (!NAME.test(name)) return false;
  if (good.size < 2000) good.add(name);
  return true;
}

/** The request of a header block; undefined where it is malformed (RFC 9113 §8.1.1). */
export function requestOf(fields: readonly Entry[], last = new LastLines()): Received | undefined {
  last.begin();
  const head = new RequestHead();
  let method: string | undefined;
  let scheme: string | undefined;
  let path: string | undefined;
  let authority: string | undefined;
  let protocol: string | undefined;
  let length = -1;
  let expectsContinue = false;
  let cookie: string | undefined;
  let cookieAt = 0;
  let pseudo = true;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as Entry;
    const { name, value } = field;
    if (name.charCodeAt(0) === 58) {
      if (!pseudo) return undefined;
      if (name === ':method' && method === undefined) method = value;
      else if (name === ':path' && path === undefined) path = value;
      else if (name === ':scheme' && scheme === undefined) scheme = value;
      else if (name === ':authority' && authority === undefined) authority = value;
      else if (name === ':protocol' && protocol === undefined) protocol = value;
      else return undefined;
      continue;
    }
    pseudo = false;
    if (!field.good && !isGood(field)) return undefined;
    const special = requestFields.get(name);
    if (special === undefined) {
      if (name === 'cookie') {
        // Crumbs of one cookie are put together again, in the place of the first (RFC 9113 §8.2.3).
        if (cookie === undefined) {
          cookieAt = last.count;
          cookie = value;
        } else cookie += `; ${value}`;
      } else last.add(field);
    } else if (special === Field.host) {
      if (authority !== undefined && authority !== '' && authority !== value) return undefined;
      authority = value;
    } else if (special === Field.contentLength) {
      const n = digits(value);
      if (n < 0 || (length >= 0 && length !== n)) return undefined;
      length = n;
    } else if (connectionField(special, name)) return undefined;
    else if (name === 'te') {
      if (value !== 'trailers') return undefined;
      head.teTrailers = true;
    } else if (special === Field.expect) {
      if (value.toLowerCase() === '100-continue') expectsContinue = true;
      else last.add(field);
    } else if (special !== Field.dropped) takeRequestField(head, special, value);
  }
  if (method === undefined || !METHOD.test(method)) return undefined;
  if (authority !== undefined && !isAuthority(authority)) return undefined;
  if (method === 'CONNECT' && protocol === undefined) {
    if (path !== undefined || scheme !== undefined || !isDestination(authority ?? '')) return undefined;
    if (length > 0) return undefined;
    head.uri = authority as string;
  } else {
    if (protocol !== undefined && (method !== 'CONNECT' || protocol === '' || !VALUE.test(protocol))) return undefined;
    if (scheme === undefined || !SCHEME.test(scheme) || path === undefined || !TARGET.test(path)) return undefined;
    if (path.charCodeAt(0) !== 47 && !(path === '*' && method === 'OPTIONS')) return undefined;
    head.uri = path;
    head.scheme = scheme;
    head.protocol = protocol ?? '';
  }
  head.method = method;
  head.host = authority ?? '';
  const host = head.host === '' ? '' : `Host: ${head.host}\r\n`;
  head.lines = cookie === undefined ? last.lines(host) : last.with(host, `cookie: ${cookie}\r\n`, cookieAt);
  return { head, length, expectsContinue };
}

/** Fields about one HTTP/1 connection: an HTTP/2 message with one is malformed (RFC 9113 §8.2.2). */
function connectionField(field: FieldId, name: string): boolean {
  return (
    field === Field.transferEncoding ||
    field === Field.connection ||
    field === Field.upgrade ||
    field === Field.keepAlive ||
    name === 'proxy-connection'
  );
}

/** The response of a header block; undefined where it is malformed. */
export function responseOf(fields: readonly Entry[], last = new LastLines()): ResponseHead | undefined {
  last.begin();
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
    if (!field.good && !isGood(field)) return undefined;
    const special = responseFields.get(name);
    if (special === undefined) last.add(field);
    else if (special === Field.contentLength) {
      const n = digits(value);
      if (n < 0 || (head.length >= 0 && head.length !== n)) return undefined;
      head.length = n;
    } else if (connectionField(special, name)) return undefined;
    else if (special !== Field.dropped && takeResponseField(head, special, value) !== '') last.add(field);
  }
  head.lines = last.lines('');
  return head.status === 0 ? undefined : head;
}

/**
 * Trailers as lines; undefined where they are malformed (a pseudo-header, a bad name). What frames or routes a message,
 * or speaks to the mesh, means nothing behind a body, and would mislead whoever merges trailers into the header (RFC 9110
 * §6.5.1): it is dropped.
 */
function trailersOf(fields: readonly Entry[], special: ReadonlyMap<string, FieldId>): string | undefined {
  let lines = '';
  for (const { name, value, line } of fields) {
    if (!goodName(name) || !VALUE.test(value)) return undefined;
    if (!special.has(name) && !name.startsWith('l5d-')) lines += line;
  }
  return lines;
}

export const requestTrailersOf = (fields: readonly Entry[]): string | undefined => trailersOf(fields, requestFields);
export const responseTrailersOf = (fields: readonly Entry[]): string | undefined => trailersOf(fields, responseFields);

function digits(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
