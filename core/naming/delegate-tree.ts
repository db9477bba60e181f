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

/** What a node is called in the place it stands. */
function withDentry(tree: DelegateTree, dentry: Dentry | undefined): DelegateTree {
  return tree.kind === 'transformation' ? tree : { ...tree, dentry };
}

/**
 * The tree without steps that say nothing: a delegation to a node for the same path is that node, an alternative among
 * alternatives for the same path joins them.
 */
export function simplifyDelegate(tree: DelegateTree): DelegateTree {
  switch (tree.kind) {
    case 'delegate': {
      const simple = simplifyDelegate(tree.tree);
      const ends = simple.kind === 'neg' || simple.kind === 'fail' || simple.kind === 'empty';
      const same = !ends && simple.path.equals(tree.path);
      return same ? withDentry(simple, tree.dentry) : { ...tree, tree: simple };
    }
    case 'alt': {
      const trees = tree.trees.flatMap((branch) => {
        const simple = simplifyDelegate(branch);
        return simple.kind === 'alt' && simple.path.equals(tree.path) ? simple.trees : [simple];
      });
      return { ...tree, trees };
    }
    case 'union':
      return { ...tree, trees: tree.trees.map((w) => ({ weight: w.weight, tree: simplifyDelegate(w.tree) })) };
    default:
      return tree;
  }
}

/** The tree with the effect of one transformer shown at every leaf. */
export function transformDelegate(tree: DelegateTree, name: string, each: (bound: Bound) => Bound): DelegateTree {
  switch (tree.kind) {
    case 'leaf': {
      const bound = each(tree.bound);
      const after: DelegateTree = { ...tree, path: bound.id, bound };
      return { kind: 'transformation', path: tree.path, name, bound: tree.bound, tree: after };
    }
    case 'delegate':
    case 'transformation':
      return { ...tree, tree: transformDelegate(tree.tree, name, each) };
    case 'alt':
      return { ...tree, trees: tree.trees.map((t) => transformDelegate(t, name, each)) };
    case 'union':
      return {
        ...tree,
        trees: tree.trees.map((w) => ({ weight: w.weight, tree: transformDelegate(w.tree, name, each) })),
      };
    default:
      return tree;
  }
}
