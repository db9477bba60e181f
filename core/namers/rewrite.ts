import * as z from 'zod';
import { path } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { pathName } from '../naming/name.ts';
import { leaf, neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { PathMatcher, substitute } from '../naming/path-matcher.ts';
import { Activity } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import { namerFields } from './fields.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.rewrite'),
  ...namerFields,
  prefix: path.optional().transform((prefix, context): Path => {
    if (prefix !== undefined) return prefix;
    const message = "The 'prefix' property is required for the io.l5d.rewrite namer.";
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
  pattern: z.string().describe('Which paths to rewrite; `*` is any element, `{name}` captures one or a part of one.'),
  name: z.string().describe('The path to go on with, with `{name}` for what was captured.'),
});

/**
 * Rewrites what its pattern matches to a path that goes through the whole dtab again; elements beyond the pattern are
 * dropped. Neg where the pattern does not match; a failure where the result is not a path.
 */
export const rewriteNamer = defineKind({
  schema,
  make({ prefix, pattern, name }, _world: World): Namer {
    const matcher = new PathMatcher(pattern);
    return {
      prefix,
      lookup(from) {
        const captures = matcher.match(from);
        return Activity.value(captures === undefined ? neg : leaf(pathName(Path.read(substitute(name, captures)))));
      },
    };
  },
});
