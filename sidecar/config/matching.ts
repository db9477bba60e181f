import * as z from 'zod';
import { choice } from '#core/config/kind.ts';
import type { Path } from '#core/naming/path.ts';
import { type Captures, PathMatcher } from '#core/naming/path-matcher.ts';

/** What a `client` or `service` section says of the names that match a prefix. */
export interface Entry<Params> {
  /** Undefined where the prefix is missing: nothing matches. */
  readonly matcher: PathMatcher | undefined;
  readonly params: Params;
  /** Where it stands within the section. */
  readonly at: readonly (string | number)[];
}

/**
 * A section whose keys hold for all names (`kind: io.l5d.global`, also where there is no kind), or that lists
 * `configs`, each with its `prefix` (`kind: io.l5d.static`). Both become entries, in the order they apply.
 */
export function perName<S extends z.ZodObject>(params: S, noun: string) {
  const everywhere = params.extend({ kind: z.literal('io.l5d.global').optional() });
  const listed = z.strictObject({
    kind: z.literal('io.l5d.static'),
    configs: z.array(params.extend({ prefix: z.string().optional() })).default([]),
  });
  return choice('kind', noun, [everywhere, listed]).transform((section): readonly Entry<z.output<S>>[] => {
    if (section.kind === 'io.l5d.static') {
      const { configs } = section as z.output<typeof listed>;
      return configs.map(({ prefix, ...own }, i) => ({
        matcher: typeof prefix === 'string' ? new PathMatcher(prefix) : undefined,
        params: own as z.output<S>,
        at: ['configs', i],
      }));
    }
    const { kind: _, ...own } = section;
    return [{ matcher: new PathMatcher('/'), params: own as z.output<S>, at: [] }];
  });
}

/** The parameters of all entries that match a name, the later winning; `fill` may put what a prefix captured into them. */
export function mergedFor<Params extends object>(
  entries: readonly Entry<Params>[],
  name: Path,
  fill: (params: Params, captures: Captures) => Params = (params) => params,
): Partial<Params> {
  const merged: Partial<Params> = {};
  for (const { matcher, params } of entries) {
    const captures = matcher?.match(name);
    if (captures === undefined) continue;
    for (const [key, value] of Object.entries(fill(params, captures))) {
      if (value !== undefined) Object.assign(merged, { [key]: value });
    }
  }
  return merged;
}
