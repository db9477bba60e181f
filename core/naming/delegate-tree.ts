import type { Dentry } from './dtab.ts';
import type { Bound } from './name.ts';
import type { Path } from './path.ts';

/**
 * A binding with its steps. Every node has the path that was looked up there and, below the root, the dentry that led
 * to it. `transformation` shows a bound name before (`bound`) and after (`tree`) one transformer.
 */
export type DelegateTree =
  | (Step & { readonly kind: 'leaf'; readonly bound: Bound })
  | (Step & { readonly kind: 'delegate'; readonly tree: DelegateTree })
  | (Step & { readonly kind: 'alt'; readonly trees: readonly DelegateTree[] })
  | (Step & { readonly kind: 'union'; readonly trees: readonly WeightedStep[] })
  | (Step & { readonly kind: 'neg' | 'empty' | 'fail' })
  | (Step & { readonly kind: 'exception'; readonly error: Error })
  | {
      readonly kind: 'transformation';
      readonly path: Path;
      readonly name: string;
      readonly bound: Bound;
      readonly tree: DelegateTree;
    };

export interface Step {
  readonly path: Path;
  /** Undefined at the root. */
  readonly dentry: Dentry | undefined;
}

export interface WeightedStep {
  readonly weight: number;
  readonly tree: DelegateTree;
}
