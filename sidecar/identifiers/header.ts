import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { Path } from '#core/naming/path.ts';
import { MeshError } from '../router/errors.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Names a request by the path in one header; a value that is no path refuses the request, whatever stands later in the list. */
export const header = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.header'),
    header: z.string().min(1).default('l5d-name').describe('The header whose value is the path of the name.'),
  }),
  make({ header }, { prefix }: IdentifierDeps): Identifier {
    const name = header.toLowerCase();
    return {
      reason: `${header} header is absent`,
      identify(head) {
        const value = head.get(name);
        return value === undefined || value === '' ? undefined : under(prefix, readPath(value).show);
      },
    };
  },
});

function readPath(text: string): Path {
  try {
    return Path.read(text);
  } catch (error) {
    throw new MeshError('unidentified', error instanceof Error ? error.message : String(error));
  }
}
