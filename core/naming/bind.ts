import { Activity, ok, pending, type State } from '../reactive/activity.ts';
import type { Bound, Name } from './name.ts';
import { leaf, type NameTree, neg, simplify, type Weighted } from './name-tree.ts';
import type { Path } from './path.ts';
import { LookupQuota } from './quota.ts';

/** One step: what a path is rewritten or bound to. */
export type Lookup = (path: Path) => Activity<NameTree<Name>>;

/** Look-ups one after another that a path may take. */
export const maxDepth = 100;

/**
 * Follows paths until every leaf is bound. The result is simplified and holds no `alt`.
 *
 * Alternatives are tried strictly in order: a pending one blocks, a failed one fails the whole, only neg goes on. Of a
 * union the branches that are known make the result; a pending or failed one is left out while another is there.
 */
export function bind(look: Lookup, tree: NameTree<Name>): Activity<NameTree<Bound>> {
  const quota = new LookupQuota();
  return bindTree((path) => quota.take(() => look(path)), tree, 0, undefined).distinct(sameTree);
}

function bindTree(look: Lookup, tree: NameTree<Name>, depth: number, weight: number | undefined): Bindings {
  if (depth > maxDepth) return Activity.failed(new Error(`Max recursion level: ${maxDepth} reached in Namer lookup`));
  switch (tree.kind) {
    case 'leaf': {
      const name = tree.value;
      if (name.kind === 'path') return look(name.path).flatMap((next) => bindTree(look, next, depth + 1, weight));
      return Activity.value(leaf(weight === undefined ? name : { ...name, unionWeight: weight }));
    }
    case 'alt':
      return bindFirst((branch) => bindTree(look, branch, depth, weight), tree.trees);
    case 'union': {
      const [only, ...others] = tree.trees;
      if (only !== undefined && others.length === 0) return bindTree(look, only.tree, depth, only.weight);
      return bindUnion(
        tree.trees.map((w) => bindTree(look, w.tree, depth, w.weight).map((t) => ({ weight: w.weight, tree: t }))),
      );
    }
    default:
      return Activity.value(tree);
  }
}

type Bindings = Activity<NameTree<Bound>>;

function bindFirst(bindBranch: (branch: NameTree<Name>) => Bindings, trees: readonly NameTree<Name>[]): Bindings {
  const [first, ...rest] = trees;
  if (first === undefined) return Activity.value(neg);
  if (rest.length === 0) return bindBranch(first);
  return bindBranch(first).flatMap((t) => (t.kind === 'neg' ? bindFirst(bindBranch, rest) : Activity.value(t)));
}

function bindUnion(branches: readonly Activity<Weighted<Bound>>[]): Bindings {
  if (branches.length === 0) return Activity.value(neg);
  const states = Activity.collectStates(branches);
  return Activity.from((set) => states.observe((all) => set(known(all))));
}

function known(branches: readonly State<Weighted<Bound>>[]): State<NameTree<Bound>> {
  const trees = branches.flatMap((s) => (s.kind === 'ok' ? [s.value] : []));
  if (trees.length > 0) return ok(simplify({ kind: 'union', trees }));
  return branches.find((s) => s.kind === 'failed') ?? pending;
}

/** Whether two bound trees are the same, down to where their addresses come from. */
export function sameTree(a: NameTree<Bound>, b: NameTree<Bound>): boolean {
  if (a.kind === 'leaf' && b.kind === 'leaf') return sameBound(a.value, b.value);
  if (a.kind === 'alt' && b.kind === 'alt') return sameAll(a.trees, b.trees, sameTree);
  if (a.kind === 'union' && b.kind === 'union') {
    return sameAll(a.trees, b.trees, (v, w) => v.weight === w.weight && sameTree(v.tree, w.tree));
  }
  return a === b;
}

function sameBound(a: Bound, b: Bound): boolean {
  const sameName = a.id.equals(b.id) && a.residual.equals(b.residual);
  return sameName && a.addr === b.addr && a.unionWeight === b.unionWeight;
}

function sameAll<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x, i) => same(x, b[i] as T));
}
