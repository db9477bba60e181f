import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { showElement } from '#core/naming/path.ts';
import { MeshError } from '../router/errors.ts';
import type { Identifier } from '../router/identifier.ts';
import type { RequestHead } from '../router/request-head.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Names a request by the first segments of its URI path, and may cut them off what is forwarded. */
export const path = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.path'),
    segments: z.int().min(1).default(1).describe('How many leading segments are the name.'),
    consume: z.boolean().default(false).describe('Whether those segments are removed from the forwarded URI.'),
  }),
  make({ segments, consume }, { prefix }: IdentifierDeps): Identifier {
    return {
      reason: 'not enough segments in path',
      identify(head) {
        const found = leadingSegments(head.uri, segments);
        if (found === undefined) return undefined;
        if (found.names.includes('')) throw new MeshError('badName', 'requirement failed');
        if (consume) cut(head, found.end);
        return under(prefix, `/${found.names.map(showElement).join('/')}`);
      },
    };
  },
});

/**
 * The first `count` segments of a URI's path and the offset behind them; undefined where it has fewer. Slashes at the
 * end of the path count for nothing: `/a/` and `/a//` have one segment, `//a` has two and the first is empty.
 */
function leadingSegments(uri: string, count: number): { names: string[]; end: number } | undefined {
  let pathEnd = uri.indexOf('?');
  if (pathEnd < 0) pathEnd = uri.length;
  while (pathEnd > 0 && uri[pathEnd - 1] === '/') pathEnd -= 1;
  const names: string[] = [];
  let end = uri.indexOf('/');
  while (names.length < count) {
    if (end < 0 || end >= pathEnd) return undefined;
    const start = end + 1;
    end = uri.indexOf('/', start);
    if (end < 0 || end > pathEnd) end = pathEnd;
    names.push(uri.slice(start, end));
  }
  return { names, end };
}

/** Leaves what follows the offset, beginning with a slash. */
function cut(head: RequestHead, offset: number): void {
  const rest = head.uri.slice(offset);
  head.uri = rest.startsWith('/') ? rest : `/${rest}`;
}
