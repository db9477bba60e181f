import * as z from 'zod';
import * as fields from '#core/config/fields.ts';
import { defineKind } from '#core/config/kind.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Gives every request the same name. */
export const staticIdentifier = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.static'),
    path: z
      .string({ error: ({ input }) => (input === undefined ? 'path is required' : undefined) })
      .pipe(fields.path)
      .describe('The name, appended to `dstPrefix`.'),
  }),
  make({ path }, { prefix }: IdentifierDeps): Identifier {
    const name = under(prefix, path.show);
    return { reason: 'no name', identify: () => name };
  },
});
