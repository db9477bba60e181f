import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { Path } from '#core/naming/path.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Gives every request the same name. */
export const staticIdentifier = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.static'),
    path: z.string().superRefine(isPath).describe('The name, appended to `dstPrefix`.'),
  }),
  make({ path }, { prefix }: IdentifierDeps): Identifier {
    const name = under(prefix, Path.read(path).show);
    return { reason: 'no name', identify: () => name };
  },
});

function isPath(text: string, ctx: z.RefinementCtx): void {
  try {
    Path.read(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
}
