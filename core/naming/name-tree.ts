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
