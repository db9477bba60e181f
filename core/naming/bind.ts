import { Activity, ok, pending, type State } from '../reactive/activity.ts';
import { firstNotNeg } from './first.ts';
import type { Bound, Name } from './name.ts';
import { leaf, type NameTree, neg, simplify, type Weighted } from './name-tree.ts';
import type { Path } from './path.ts';
import { maxDepth, maxNesting, NameQuota, TooManyNames } from './quota.ts';

/** One step: what a path is rewritten or bound to. */
export type Lookup = (path: Path) => Activity<NameTree<Name>>;

/**
 * Follows paths until every leaf is bound. The result is simplified and holds no `alt`.
 *
 * Alternatives are tried strictly in order: a pending one blocks, a failed one fails the whole, only neg goes on. Of a
 * union the branches that are known make the result; a pending or failed one is left out while another is there.
 */
export function bind(look: Lookup, tree: NameTree<Name>): Activity<NameTree<Bound>> {
  const start = { look, quota: new NameQuota(), depth: 0, nesting: 0, weight: undefined };
  return bindTree(tree, start);
}

interface Place {
  readonly look: Lookup;
  readonly quota: NameQuota;
  /** Look-ups that led here. */
  readonly depth: number;
  /** Trees that this one stands in, across look-ups. */
  readonly nesting: number;
  /** Weight in the innermost union that this tree stands in. */
  readonly weight: number | undefined;
}

type Bindings = Activity<NameTree<Bound>>;

function bindTree(tree: NameTree<Name>, at: Place): Bindings {
  if (at.depth > maxDepth || at.nesting > maxNesting) {
    return Activity.failed(new Error(`Max recursion level: ${maxDepth} reached in Namer lookup`));
  }
  const within = { ...at, nesting: at.nesting + 1 };
  switch (tree.kind) {
    case 'leaf':
      return tree.value.kind === 'path' ? follow(tree.value.path, within) : boundLeaf(tree.value, at.weight);
    case 'alt':
      return bindFirst(tree.trees, within);
    case 'union':
      return bindUnion(tree.trees, within);
    default:
      return Activity.value(tree);
  }
}

function follow(path: Path, at: Place): Bindings {
  const found = at.quota.take(() => at.look(path));
  return found.flatMap((next) => at.quota.hold(next, () => bindTree(next, { ...at, depth: at.depth + 1 })));
}

function boundLeaf(bound: Bound, weight: number | undefined): Bindings {
  return Activity.value(leaf(weight === undefined ? bound : { ...bound, unionWeight: weight }));
}

function bindFirst(trees: readonly NameTree<Name>[], at: Place): Bindings {
  return trees.length === 0 ? Activity.value(neg) : firstNotNeg(trees.map((tree) => () => bindTree(tree, at)));
}

function bindUnion(trees: readonly Weighted<Name>[], at: Place): Bindings {
  const [only, ...others] = trees;
  if (only === undefined) return Activity.value(neg);
  if (others.length === 0) return bindTree(only.tree, { ...at, weight: only.weight });
  const branches = trees.map(({ weight, tree }) => bindTree(tree, { ...at, weight }).map((t) => ({ weight, tree: t })));
  const states = Activity.collectStates(branches);
  return Activity.from((set) => states.observe((all) => set(known(all))));
}

function known(branches: readonly State<Weighted<Bound>>[]): State<NameTree<Bound>> {
  const failures = branches.filter((s) => s.kind === 'failed');
  const runaway = failures.find((s) => s.error instanceof TooManyNames);
  if (runaway !== undefined) return runaway;
  const trees = branches.flatMap((s) => (s.kind === 'ok' ? [s.value] : []));
  return trees.length > 0 ? ok(simplify({ kind: 'union', trees })) : (failures[0] ?? pending);
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
