import { Activity, ok } from '../reactive/activity.ts';
import { type BoundJson, boundJson } from './addr-json.ts';
import type { DelegateTree, Step } from './delegate-tree.ts';
import { type Dentry, showPathTree } from './dtab.ts';
import type { Bound } from './name.ts';
import { Path } from './path.ts';

/** A delegation as `/delegator.json` and namerd's `/api/1/delegate` show it. */
export type DelegateJson = StepJson &
  (
    | { readonly type: 'neg' | 'empty' | 'fail' }
    | { readonly type: 'exception'; readonly message: string }
    | { readonly type: 'delegate'; readonly delegate: DelegateJson }
    | { readonly type: 'leaf'; readonly bound: BoundJson }
    | { readonly type: 'alt'; readonly alt: readonly DelegateJson[] }
    | { readonly type: 'union'; readonly union: readonly { readonly weight: number; readonly tree: DelegateJson }[] }
    | { readonly type: 'transformation'; readonly name: string; readonly bound: BoundJson; readonly tree: DelegateJson }
  );

interface StepJson {
  readonly path: string;
  readonly dentry?: { readonly prefix: string; readonly dst: string };
}

/** Renders a delegation. Pending until no address in it is: the caller decides how long to wait (Linkerd: 2 s). */
export function delegateJson(tree: DelegateTree): Activity<DelegateJson> {
  switch (tree.kind) {
    case 'neg':
      return Activity.value({ type: 'neg', ...step(tree), path: tree.path.size === 0 ? '~' : tree.path.show });
    case 'empty':
      return Activity.value({ type: 'empty', ...step(tree) });
    case 'fail':
      return Activity.value({
        type: 'fail',
        ...step(tree),
        path: tree.path.startsWith(failPath) ? tree.path.show : '!',
      });
    case 'exception':
      return Activity.value({ type: 'exception', ...step(tree), message: tree.error.message });
    case 'delegate':
      return delegateJson(tree.tree).map((delegate) => ({ type: 'delegate', ...step(tree), delegate }));
    case 'leaf':
      return settledBound(tree.bound).map((bound) => ({ type: 'leaf', ...step(tree), bound }));
    case 'alt':
      return Activity.collect(tree.trees.map(delegateJson)).map((alt) => ({ type: 'alt', ...step(tree), alt }));
    case 'union':
      return Activity.collect(
        tree.trees.map((w) => delegateJson(w.tree).map((t) => ({ weight: w.weight, tree: t }))),
      ).map((union) => ({ type: 'union', ...step(tree), union }));
    case 'transformation':
      return settledBound(tree.bound).flatMap((bound) =>
        delegateJson(tree.tree).map((after) => ({
          type: 'transformation',
          path: tree.path.show,
          name: tree.name,
          bound,
          tree: after,
        })),
      );
  }
}

const failPath = Path.read('/$/fail');

function step({ path, dentry }: Step): StepJson {
  return dentry === undefined ? { path: path.show } : { path: path.show, dentry: dentryJson(dentry) };
}

/** A dentry in JSON: both sides as canonical text. */
export function dentryJson({ prefix, dst }: Dentry): { readonly prefix: string; readonly dst: string } {
  return { prefix: prefix.show, dst: showPathTree(dst) };
}

function settledBound(bound: Bound): Activity<BoundJson> {
  return bound.addr.transform((state) => (state.kind === 'pending' ? state : ok(boundJson(bound, state))));
}
