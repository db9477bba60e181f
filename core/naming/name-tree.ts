/**
 * A composite name. `alt` is fail-over: the first branch that is not negative. `union` spreads load over its branches
 * by weight. `neg` means no such name (try the next), `empty` that it exists with no one home, `fail` that the search
 * stops here.
 */
export type NameTree<T> =
  | { readonly kind: 'leaf'; readonly value: T }
  | { readonly kind: 'alt'; readonly trees: readonly NameTree<T>[] }
  | { readonly kind: 'union'; readonly trees: readonly Weighted<T>[] }
  | typeof neg
  | typeof empty
  | typeof fail;

export interface Weighted<T> {
  readonly weight: number;
  readonly tree: NameTree<T>;
}

export const neg = { kind: 'neg' } as const;
export const empty = { kind: 'empty' } as const;
export const fail = { kind: 'fail' } as const;

export const leaf = <T>(value: T): NameTree<T> => ({ kind: 'leaf', value });
export const alt = <T>(...trees: readonly NameTree<T>[]): NameTree<T> => ({ kind: 'alt', trees });
export const union = <T>(...trees: readonly Weighted<T>[]): NameTree<T> => ({ kind: 'union', trees });

export function map<T, U>(tree: NameTree<T>, fn: (value: T) => U): NameTree<U> {
  return replaceLeaves(tree, (value) => leaf(fn(value)));
}

/** The tree with another tree in the place of each leaf. */
export function replaceLeaves<T, U>(tree: NameTree<T>, fn: (value: T) => NameTree<U>): NameTree<U> {
  switch (tree.kind) {
    case 'leaf':
      return fn(tree.value);
    case 'alt':
      return { kind: 'alt', trees: tree.trees.map((t) => replaceLeaves(t, fn)) };
    case 'union':
      return {
        kind: 'union',
        trees: tree.trees.map((w) => ({ weight: w.weight, tree: replaceLeaves(w.tree, fn) })),
      };
    default:
      return tree;
  }
}

/** The values of all leaves, in order, whatever stands around them. */
export function leaves<T>(tree: NameTree<T>): readonly T[] {
  switch (tree.kind) {
    case 'leaf':
      return [tree.value];
    case 'alt':
      return tree.trees.flatMap(leaves);
    case 'union':
      return tree.trees.flatMap((w) => leaves(w.tree));
    default:
      return [];
  }
}

/**
 * What the tree comes to when it is used: the leaves of its first branch that is not negative; undefined where that is
 * none. Weights do not matter here.
 */
export function evaluate<T>(tree: NameTree<T>): readonly T[] | undefined {
  const simple = simplify(tree);
  switch (simple.kind) {
    case 'alt':
      return simple.trees[0] === undefined ? undefined : evaluate(simple.trees[0]);
    case 'union':
      return simple.trees.flatMap((w) => evaluate(w.tree) ?? []);
    case 'neg':
    case 'fail':
      return undefined;
    default:
      return leaves(simple);
  }
}

/**
 * An equivalent tree without idle branches; simplifying twice changes nothing. Neg goes from an alt, and what follows a
 * Fail in it; Neg and Fail go from a union, while Empty stays and keeps its share. A lone branch stands for the whole.
 */
export function simplify<T>(tree: NameTree<T>): NameTree<T> {
  if (tree.kind === 'alt') {
    const kept: NameTree<T>[] = [];
    for (const branch of tree.trees) {
      const simple = simplify(branch);
      if (simple.kind !== 'neg') kept.push(simple);
      if (simple.kind === 'fail') break;
    }
    return kept.length > 1 ? { kind: 'alt', trees: kept } : (kept[0] ?? neg);
  }
  if (tree.kind === 'union') {
    const [only, ...others] = tree.trees;
    if (only !== undefined && others.length === 0) return simplify(only.tree);
    const kept = tree.trees
      .map((w) => ({ weight: w.weight, tree: simplify(w.tree) }))
      .filter((w) => w.tree.kind !== 'neg' && w.tree.kind !== 'fail');
    return kept.length > 1 ? { kind: 'union', trees: kept } : (kept[0]?.tree ?? neg);
  }
  return tree;
}

/** The text of a tree as the dtab grammar reads it; weights other than 1 with two decimals. */
export function showTree<T>(tree: NameTree<T>, showLeaf: (value: T) => string): string {
  return show(tree, showLeaf, 0);
}

/** `place`: 0 where any tree may stand, 1 within an alternation, 2 within a union; parentheses keep the nesting. */
function show<T>(tree: NameTree<T>, showLeaf: (value: T) => string, place: 0 | 1 | 2): string {
  switch (tree.kind) {
    case 'leaf':
      return showLeaf(tree.value);
    case 'alt': {
      const [only, ...others] = tree.trees;
      if (only === undefined) return '~';
      if (others.length === 0) return show(only, showLeaf, place);
      const text = tree.trees.map((t) => show(t, showLeaf, 1)).join(' | ');
      return place > 0 ? `(${text})` : text;
    }
    case 'union': {
      const [only, ...others] = tree.trees;
      if (only === undefined) return '~';
      if (others.length === 0) return show(only.tree, showLeaf, place);
      const text = tree.trees.map((w) => showWeight(w.weight) + show(w.tree, showLeaf, 2)).join(' & ');
      return place > 1 ? `(${text})` : text;
    }
    case 'neg':
      return '~';
    case 'empty':
      return '$';
    case 'fail':
      return '!';
  }
}

/** Two decimals, halves of the shortest decimal form rounded up as Java's `%.2f` does; nothing for 1. */
function showWeight(weight: number): string {
  if (weight === 1) return '';
  if (weight >= 1e15) return `${Number.isInteger(weight) ? `${BigInt(weight)}.00` : weight.toFixed(2)}*`;
  const hundredths = weight < 1e-6 ? 0 : Math.round(Number(`${weight}e2`));
  return `${(hundredths / 100).toFixed(2)}*`;
}
