import { type Name, pathName } from '../../naming/name.ts';
import { leaf, type NameTree, neg } from '../../naming/name-tree.ts';
import type { Namer } from '../../naming/namer.ts';
import { Path } from '../../naming/path.ts';
import { Activity } from '../../reactive/activity.ts';

/**
 * The utility namer `/$/<kind>`, which rewrites the path after it; neg where `rewrite` gives undefined. A rewriting
 * that would make an empty element is neg too.
 */
export function rewriting(
  kind: string,
  rewrite: (elements: readonly string[]) => readonly string[] | undefined,
): Namer {
  return {
    prefix: Path.of(kind),
    lookup(path): Activity<NameTree<Name>> {
      const elements = rewrite(path.segments);
      if (elements === undefined || elements.includes('')) return Activity.value(neg);
      return Activity.value(leaf(pathName(Path.of(...elements))));
    },
  };
}
