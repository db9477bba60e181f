import { Activity, ok } from '../reactive/activity.ts';
import { type BoundJson, boundJson } from './addr-json.ts';
import type { Bound } from './name.ts';
import type { NameTree } from './name-tree.ts';

/** A bound tree as namerd's `/api/1/bind` shows it. */
export type TreeJson =
  | { readonly type: 'neg' | 'empty' | 'fail' }
  | { readonly type: 'leaf'; readonly bound: BoundJson }
  | { readonly type: 'alt'; readonly alt: readonly TreeJson[] }
  | { readonly type: 'union'; readonly union: readonly { readonly weight: number; readonly tree: TreeJson }[] };

/** Key of a replica set's metadata: the weight of the branch of the innermost union it stands in. */
export const unionWeightKey = 'namer_nametree_weight';

/** Renders a bound tree. Pending until no address in it is. */
export function treeJson(tree: NameTree<Bound>): Activity<TreeJson> {
  switch (tree.kind) {
    case 'leaf':
      return leafJson(tree.value).map((bound) => ({ type: 'leaf', bound }));
    case 'alt':
      return Activity.collect(tree.trees.map(treeJson)).map((alt) => ({ type: 'alt', alt }));
    case 'union':
      return Activity.collect(tree.trees.map((w) => treeJson(w.tree).map((t) => ({ weight: w.weight, tree: t })))).map(
        (union) => ({ type: 'union', union }),
      );
    default:
      return Activity.value({ type: tree.kind });
  }
}

function leafJson(bound: Bound): Activity<BoundJson> {
  const meta = bound.unionWeight === undefined ? {} : { [unionWeightKey]: bound.unionWeight };
  return bound.addr.transform((state) => (state.kind === 'pending' ? state : ok(boundJson(bound, state, meta))));
}
