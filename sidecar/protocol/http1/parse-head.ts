// Hot: one pass over the bytes of every head.
import '../buffer.ts';
import { type RequestHead, withoutLine } from '../../router/request-head.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import { isAuthority } from '../authority.ts';
import { takeRequestField, takeResponseField } from '../mesh-fields.ts';
import { COLON, CR, HTAB, LF, SP, TARGET, TOKEN, VALUE } from './bytes.ts';
import { Field, type FieldId, type FieldTable, kept, requestFields, responseFields } from './fields.ts';
import { absolute, beginsVersion, digits, firstWord, methodAt, reasonAt, VERSION, versionAt } from './start-line.ts';

export interface HeadLimits {
  /** Bytes of the first line, without its CRLF. */
  readonly line: number;
  /** Bytes of all header lines together. */
  readonly headers: number;
}

/** What `parse…` returns in place of an index. */
export const INCOMPLETE = -1;
export const BAD = -2;

/** Body lengths that are no lengths. */
export const CHUNKED = -1;
export const UNKNOWN = -2;

/**
 * Parses heads of HTTP/1 messages, strictly (RFC 9112): CRLF only, no folding, no blanks before the colon, one
 * Content-Length of digits, no Content-Length beside Transfer-Encoding, `chunked` as the only coding, one Host.
 *
 * The object holds the verdict on the last head parsed and is used again for the next.
 */
export class HeadParser {
  /** Status to refuse a bad request with: 400, 414 or 431; for a response just "bad". */
  status = 400;
  /** Why it is bad, in words for a log or an error body. */
  why = '';
  /** Content-Length, or CHUNKED, or UNKNOWN where neither is given. */
  length = UNKNOWN;
  /** The connection ends after this message. */
  close = false;
  /** `Expect: 100-continue`. */
  expectsContinue = false;
  /** Value of Upgrade where Connection lists it, else ''. */
  upgrade = '';
  /** Names of further fields that Connection lists, each with a comma behind it: trailers of these names end here too. */
  listed = '';

  #lines = '';
  #connection = '';
  #keepAlive = '';
  #chunkedSeen = false;
  #hostSeen = false;

  /** Parses a request head at bytes[from, to) into `head`; gives the index behind it, INCOMPLETE or BAD. */
  request(bytes: Buffer, from: number, to: number, limits: HeadLimits, head: RequestHead): number {
    this.#reset();
    let i = from;
    while (i < to && TOKEN[bytes[i] as number] !== 0) i++;
    if (i === to) return this.#short(i - from, limits.line, 414);
    if (bytes[i] !== SP || i === from) return this.#bad(400, 'malformed request line');
    const methodEnd = i++;
    while (i < to && TARGET[bytes[i] as number] === 1) i++;
    // The version and the blank before it, nine bytes, belong to the line.
    if (i + 9 - from > limits.line) return this.#bad(414, `An HTTP line is larger than ${limits.line} bytes.`);
    if (i + 10 >= to && beginsVersion(bytes, i, to)) return INCOMPLETE;
    if (i + 10 >= to || bytes[i] !== SP || i === methodEnd + 1) return this.#bad(400, 'malformed request line');
    const minor = versionAt(bytes, i + 1);
    if (minor < 0 || bytes[i + 9] !== CR || bytes[i + 10] !== LF) return this.#bad(400, 'malformed request line');
    head.method = methodAt(bytes, from, methodEnd);
    head.uri = bytes.latin1Slice(methodEnd + 1, i);
    head.minor = minor as 0 | 1;
    const end = this.#fields(bytes, i + 11, to, limits, requestFields, head, undefined);
    if (end < 0) return end;
    if (this.#chunkedSeen && minor === 0) return this.#bad(400, 'Transfer-Encoding in HTTP/1.0');
    this.#finish(minor === 0);
    head.lines = this.#lines;
    if ((head.uri.charCodeAt(0) !== 47 || head.method === 'CONNECT') && !absolute(head))
      return this.#bad(400, 'malformed request target');
    // What follows the head of CONNECT is what goes through the tunnel, and no body (RFC 9110 §9.3.6).
    if (head.method === 'CONNECT' && this.length !== UNKNOWN && this.length !== 0)
      return this.#bad(400, 'CONNECT with a body');
    return end;
  }

  /** Parses a response head at bytes[from, to) into `head`; gives the index behind it, INCOMPLETE or BAD. */
  response(bytes: Buffer, from: number, to: number, limits: HeadLimits, head: ResponseHead): number {
    this.#reset();
    for (let i = 0; i < VERSION.length && from + i < to; i++) {
      if (bytes[from + i] !== VERSION[i])
        return this.#bad(502, `invalid version format: ${firstWord(bytes, from, to)}`);
    }
    if (to - from < 13) return INCOMPLETE;
    const minor = versionAt(bytes, from);
    if (minor < 0 || bytes[from + 8] !== SP) {
      return this.#bad(502, `invalid version format: ${firstWord(bytes, from, to)}`);
    }
    let i = from + 9;
    const status =
      ((bytes[i] as number) - 48) * 100 + ((bytes[i + 1] as number) - 48) * 10 + ((bytes[i + 2] as number) - 48);
    for (let k = i; k < i + 3; k++)
      if ((bytes[k] as number) < 48 || (bytes[k] as number) > 57) return this.#bad(502, 'invalid status code');
    if (status < 100) return this.#bad(502, 'invalid status code');
    i += 3;
    if (bytes[i] !== SP && bytes[i] !== CR) return this.#bad(502, 'invalid status code');
    const reason = bytes[i] === SP ? i + 1 : i;
    i = reason;
    while (i < to && VALUE[bytes[i] as number] === 1) i++;
    if (i - from > limits.line) return this.#bad(502, `An HTTP line is larger than ${limits.line} bytes.`);
    if (i + 1 >= to) return INCOMPLETE;
    if (bytes[i] !== CR || bytes[i + 1] !== LF) return this.#bad(502, 'malformed status line');
    head.status = status;
    head.minor = minor as 0 | 1;
    head.reason = reasonAt(bytes, reason, i, status);
    head.retryable = false;
    head.successClass = '';
    head.nack = false;
    head.via = '';
    const end = this.#fields(bytes, i + 2, to, limits, responseFields, undefined, head);
    if (end < 0) return end;
    this.#finish(minor === 0);
    if (this.#chunkedSeen && minor === 0) this.close = true; // RFC 9112 §6.1: the framing may not be meant
    head.lines = this.#lines;
    return end;
  }

  #reset(): void {
    this.status = 400;
    this.length = UNKNOWN;
    this.close = false;
    this.expectsContinue = false;
    this.upgrade = '';
    this.listed = '';
    this.#lines = '';
    this.#connection = '';
    this.#keepAlive = '';
    this.#chunkedSeen = false;
    this.#hostSeen = false;
  }

  #fields(
    bytes: Buffer,
    from: number,
    to: number,
    limits: HeadLimits,
    table: FieldTable,
    request: RequestHead | undefined,
    response: ResponseHead | undefined,
  ): number {
    let i = from;
    let keep = from; // start of the run of lines to keep
    for (;;) {
      if (i + 1 >= to) return this.#short(i - from, limits.headers, 431);
      if (bytes[i] === CR) {
        if (bytes[i + 1] !== LF) return this.#bad(400, 'bare CR');
        break;
      }
      const name = i;
      while (i < to && TOKEN[bytes[i] as number] !== 0) i++;
      if (i === to) return this.#short(i - from, limits.headers, 431);
      if (bytes[i] !== COLON || i === name) return this.#bad(400, 'malformed header line');
      const nameEnd = i++;
      let value = i;
      while (i < to && VALUE[bytes[i] as number] === 1) i++;
      if (i + 1 >= to) return this.#short(i - from, limits.headers, 431);
      if (bytes[i] !== CR || bytes[i + 1] !== LF) return this.#bad(400, 'malformed header value');
      const field = table.find(bytes, name, nameEnd);
      if (field !== Field.other) {
        let end = i;
        while (value < end && (bytes[value] === SP || bytes[value] === HTAB)) value++;
        while (end > value && (bytes[end - 1] === SP || bytes[end - 1] === HTAB)) end--;
        if (field === Field.host) {
          if (this.#hostSeen) return this.#bad(400, 'more than one Host');
          this.#hostSeen = true;
          const host = bytes.latin1Slice(value, end);
          if (!isAuthority(host)) return this.#bad(400, 'malformed Host');
          (request as RequestHead).host = host;
          if (host === '') {
            if (keep < name) this.#lines += bytes.latin1Slice(keep, name);
            keep = i + 2;
          }
        } else {
          if (keep < name) this.#lines += bytes.latin1Slice(keep, name);
          keep = i + 2;
          if (field !== Field.dropped && !this.#field(field, bytes, value, end, request, response)) return BAD;
        }
      }
      i += 2;
      if (i - from > limits.headers) return this.#bad(431, `HTTP header is larger than ${limits.headers} bytes.`);
    }
    if (keep < i) this.#lines += bytes.latin1Slice(keep, i);
    return i + 2;
  }

  /** Takes one special field; false where it makes the head bad. */
  #field(
    field: FieldId,
    bytes: Buffer,
    from: number,
    to: number,
    request: RequestHead | undefined,
    response: ResponseHead | undefined,
  ): boolean {
    switch (field) {
      case Field.contentLength: {
        const length = digits(bytes, from, to);
        if (length < 0) return this.#refuse(`invalid Content-Length: ${bytes.latin1Slice(from, to)}`);
        if (this.#chunkedSeen) return this.#refuse('Content-Length beside Transfer-Encoding');
        if (this.length !== UNKNOWN)
          return this.#refuse(`Multiple Content-Length values found: [${this.length}, ${length}]`);
        this.length = length;
        return true;
      }
      case Field.transferEncoding:
        if (this.length !== UNKNOWN && this.length !== CHUNKED)
          return this.#refuse('Content-Length beside Transfer-Encoding');
        if (this.#chunkedSeen || bytes.latin1Slice(from, to).toLowerCase() !== 'chunked')
          return this.#refuse('unsupported Transfer-Encoding');
        this.#chunkedSeen = true;
        this.length = CHUNKED;
        return true;
      case Field.connection:
        this.#connection += this.#connection === '' ? bytes.latin1Slice(from, to) : `,${bytes.latin1Slice(from, to)}`;
        return true;
      case Field.keepAlive:
        this.#keepAlive += `Keep-Alive: ${bytes.latin1Slice(from, to)}\r\n`;
        return true;
      case Field.upgrade:
        this.upgrade = bytes.latin1Slice(from, to);
        return true;
      case Field.expect:
        if (bytes.latin1Slice(from, to).toLowerCase() === '100-continue') this.expectsContinue = true;
        else this.#lines += `Expect: ${bytes.latin1Slice(from, to)}\r\n`;
        return true;
      default:
        if (request !== undefined) takeRequestField(request, field, bytes.latin1Slice(from, to));
        if (response !== undefined) this.#lines += takeResponseField(response, field, bytes.latin1Slice(from, to));
        return true;
    }
  }

  /** Applies `Connection` once all lines are there. */
  #finish(old: boolean): void {
    const connection = this.#connection;
    let upgrade = false;
    let keepAlive = connection === 'keep-alive' || connection === 'Keep-Alive';
    if (connection === '') this.close = old;
    else if (connection === 'close') this.close = true;
    else if (!keepAlive) {
      for (const raw of connection.split(',')) {
        const token = raw.trim().toLowerCase();
        if (token === 'close') this.close = true;
        else if (token === 'keep-alive') keepAlive = true;
        else if (token === 'upgrade') upgrade = true;
        else if (token !== '' && !kept.has(token) && !token.startsWith('l5d-')) {
          this.#lines = withoutLine(this.#lines, token);
          this.listed += `${token},`;
        }
      }
      if (old && !keepAlive) this.close = true;
    }
    if (this.#keepAlive !== '' && !keepAlive) this.#lines += this.#keepAlive;
    if (!upgrade) this.upgrade = '';
  }

  #short(size: number, limit: number, status: number): number {
    if (size <= limit) return INCOMPLETE;
    return this.#bad(
      status,
      status === 414 ? `An HTTP line is larger than ${limit} bytes.` : `HTTP header is larger than ${limit} bytes.`,
    );
  }

  #bad(status: number, why: string): number {
    this.status = status;
    this.why = why;
    return BAD;
  }

  #refuse(why: string): boolean {
    this.#bad(400, why);
    return false;
  }
}
