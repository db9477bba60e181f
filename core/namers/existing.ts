import type { Bound, Name } from '../naming/name.ts';
import { leaf, type NameTree, neg } from '../naming/name-tree.ts';
import type { Activity } from '../reactive/activity.ts';

/**
 * The leaf of a bound name as long as there is such a cluster, neg while there is none. Changes of its addresses do not
 * change the tree.
 */
export function existing(bound: Bound): Activity<NameTree<Name>> {
  return bound.addr
    .map((now) => now.kind !== 'neg')
    .distinct((a, b) => a === b)
    .map((exists) => (exists ? leaf(bound) : neg));
}
