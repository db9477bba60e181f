import type { RequestHead } from '../../router/request-head.ts';
import type { Compression } from '../codec.ts';

/** Content codings that answers are given (RFC 9110 §8.4.1). */
export type Coding = 'gzip' | 'deflate';

const ACCEPTS = /(?:^|\n)accept-encoding:/i;
const ACCEPTED = /(?:^|\n)accept-encoding:([^\r]*)/gi;
const TEXT =
  /(?:^|\n)content-type: *(?:text\/|application\/(?:[^;\r]*\+)?(?:json|xml)(?= *[;\r])|application\/(?:x-)?(?:javascript|ndjson)|image\/svg\+xml(?= *[;\r]))/i;
const UNTOUCHABLE =
  /(?:^|\n)(?:content-encoding:(?! *identity *\r)|content-range:|cache-control:[^\r]*\bno-transform\b)/i;

/**
 * How a body is to be compressed for this caller; undefined for not at all. `lines` are the headers of the answer. As in
 * Linkerd: never for HTTP/1.0, HEAD or what is compressed already, gzip before deflate, and texts only unless a level is
 * configured. Parts of a body (206) and what forbids it (`no-transform`) stay as they are.
 */
export function codingFor(request: RequestHead, lines: string, { textOnly }: Compression): Coding | undefined {
  if (request.minor === 0 || request.method === 'HEAD') return undefined;
  if (!ACCEPTS.test(request.lines)) return undefined;
  if ((textOnly && !TEXT.test(lines)) || UNTOUCHABLE.test(lines)) return undefined;
  return wanted(request.lines.matchAll(ACCEPTED));
}

/** What the values of Accept-Encoding ask for most (RFC 9110 §12.5.3). */
function wanted(values: Iterable<RegExpMatchArray>): Coding | undefined {
  const weights = new Map<string, number>();
  for (const [, value = ''] of values) {
    for (const item of value.toLowerCase().split(',')) {
      const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
      const q = parameters.find((p) => p.startsWith('q='));
      const weight = q === undefined ? 1 : Number(q.slice(2));
      weights.set(name === 'x-gzip' ? 'gzip' : name, weight >= 0 && weight <= 1 ? weight : 0);
    }
  }
  const others = weights.get('*') ?? 0;
  const [gzip, deflate] = [weights.get('gzip') ?? others, weights.get('deflate') ?? others];
  if (gzip <= 0 && deflate <= 0) return undefined;
  return gzip >= deflate ? 'gzip' : 'deflate';
}
