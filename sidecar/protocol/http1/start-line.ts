// Hot.
import '../buffer.ts';
import type { RequestHead } from '../../router/request-head.ts';
import { isAuthority, isDestination } from '../authority.ts';

/** How every version of HTTP/1 begins. */
export const VERSION = Buffer.from('HTTP/1.', 'latin1');

/** For error texts: printable, and not much of it. */
export function firstWord(bytes: Buffer, from: number, to: number): string {
  return /^[!-~]{0,32}/.exec(bytes.latin1Slice(from, Math.min(to, from + 32)))?.[0] ?? '';
}

/** 1 or 0 for HTTP/1.1 or HTTP/1.0 at `at`, else -1. */
export function versionAt(bytes: Buffer, at: number): number {
  if (bytes[at] !== 72 || bytes[at + 1] !== 84 || bytes[at + 2] !== 84 || bytes[at + 3] !== 80 || bytes[at + 4] !== 47)
    return -1;
  if (bytes[at + 5] !== 49 || bytes[at + 6] !== 46) return -1;
  return bytes[at + 7] === 49 ? 1 : bytes[at + 7] === 48 ? 0 : -1;
}

/** Whether bytes[from, to) may be the start of what stands behind a target: a blank, then the version. */
export function beginsVersion(bytes: Buffer, from: number, to: number): boolean {
  if (from < to && bytes[from] !== 32) return false;
  for (let i = 0; i < VERSION.length && from + 1 + i < to; i++) if (bytes[from + 1 + i] !== VERSION[i]) return false;
  return true;
}

/** Digits only, at most 15 of them (2^53 and more would not be exact); else -1. */
export function digits(bytes: Buffer, from: number, to: number): number {
  if (from === to || to - from > 15) return -1;
  let n = 0;
  for (let i = from; i < to; i++) {
    const d = (bytes[i] as number) - 48;
    if (d < 0 || d > 9) return -1;
    n = n * 10 + d;
  }
  return n;
}

/** The method; the common ones without making a string. */
export function methodAt(bytes: Buffer, from: number, to: number): string {
  if (to - from === 3 && bytes[from] === 71 && bytes[from + 1] === 69 && bytes[from + 2] === 84) return 'GET';
  if (
    to - from === 4 &&
    bytes[from] === 80 &&
    bytes[from + 1] === 79 &&
    bytes[from + 2] === 83 &&
    bytes[from + 3] === 84
  )
    return 'POST';
  return bytes.latin1Slice(from, to);
}

/** The reason phrase, the same way. */
export function reasonAt(bytes: Buffer, from: number, to: number, status: number): string {
  if (status === 200 && to - from === 2 && bytes[from] === 79 && bytes[from + 1] === 75) return 'OK';
  return bytes.latin1Slice(from, to);
}

/** Scheme, authority without user, and the rest of an absolute target; RFC 9112 §3.2.2, RFC 3986 §3.2. */
const ABSOLUTE = /^https?:\/\/(?:[\w\-.~%!$&'()*+,;=:]*@)?([^:/?#@][^/?#@]*)([/?#].*)?$/i;

/**
 * Looks at a target that is not in origin form. An absolute one becomes that, its authority the Host; the one of CONNECT
 * is the Host. False where it is malformed.
 */
export function absolute(head: RequestHead): boolean {
  if (head.method === 'CONNECT') {
    if (!isDestination(head.uri)) return false;
    if (head.host !== head.uri) head.replaceHost(head.uri);
    return true;
  }
  if (head.uri === '*') return head.method === 'OPTIONS'; // RFC 9110 §7.1
  const found = ABSOLUTE.exec(head.uri);
  if (found === null) return !/^https?:/i.test(head.uri);
  const [, authority = '', rest = ''] = found;
  if (!isAuthority(authority)) return false;
  head.replaceHost(authority);
  head.uri = rest.startsWith('/') ? rest : head.method === 'OPTIONS' && rest === '' ? '*' : `/${rest}`;
  return true;
}
