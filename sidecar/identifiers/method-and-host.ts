import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { Path, showElement } from '#core/naming/path.ts';
import { MeshError } from '../router/errors.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Names a request `/1.1/<METHOD>/<host in lower case>`, or `/1.0/<METHOD>` for HTTP/1.0, with the URI's path behind it if wanted. */
export const methodAndHost = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.methodAndHost'),
    httpUriInDst: z.boolean().default(false).describe('Whether the path of the URI is appended to the name.'),
  }),
  make({ httpUriInDst }, { prefix }: IdentifierDeps): Identifier {
    return {
      reason: 'HTTP/1.1 request missing hostname',
      identify(head) {
        if (head.minor === 1 && head.host === '') return undefined;
        const name = under(prefix, `/1.${head.minor}/${showElement(head.method)}`);
        const named = head.minor === 0 ? name : `${name}/${showElement(head.host.toLowerCase())}`;
        return httpUriInDst ? under(named, uriPath(head.uri)) : named;
      },
    };
  },
});

/** The URI's path as a name, in shown form; a URI that is no name cannot be routed. */
function uriPath(uri: string): string {
  const query = uri.indexOf('?');
  try {
    return Path.read(query < 0 ? uri : uri.slice(0, query)).show;
  } catch (error) {
    throw new MeshError('badName', error instanceof Error ? error.message : String(error));
  }
}
