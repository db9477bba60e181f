import * as z from 'zod';
import { path } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import type { Bound } from '../naming/name.ts';
import { map, type NameTree, replaceLeaves } from '../naming/name-tree.ts';
import type { BindPath } from '../naming/namer.ts';
import type { Path } from '../naming/path.ts';
import type { NamedTransformer } from '../naming/transformer.ts';
import type { Activity } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import { tagOf, transformerFields } from './fields.ts';

const target = path.describe('A concrete path, under `/$` or `/#`: the dtab is not consulted.');

/** Puts the binding of a path in the place of every leaf. */
export const replaceTransformer = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.replace'), ...transformerFields, path: target }),
  make(config, _world: World): NamedTransformer {
    const tag = tagOf(config);
    return {
      tag,
      name: 'ReplaceTransformer',
      each: undefined,
      transform: (tree, bindPath) =>
        boundUnder(tag, config.path, bindPath).map((replacement) => replaceLeaves(tree, () => replacement)),
    };
  },
});

/** Puts the binding of a path in the place of the whole tree, also of Neg and Fail. */
export const constTransformer = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.const'), ...transformerFields, path: target }),
  make(config, _world: World): NamedTransformer {
    const tag = tagOf(config);
    return {
      tag,
      name: 'ConstTransformer',
      each: undefined,
      transform: (_tree, bindPath) => boundUnder(tag, config.path, bindPath),
    };
  },
});

/** The path's binding; its ids are the tag and the path, whatever they were. */
function boundUnder(tag: Path, to: Path, bindPath: BindPath): Activity<NameTree<Bound>> {
  const id = tag.concat(to);
  return bindPath(to).map((tree) => map(tree, (bound) => ({ ...bound, id })));
}
