import { Activity, ok, type State } from '../reactive/activity.ts';
import { type DelegateTree, type Step, simplifyDelegate } from './delegate-tree.ts';
import { type Dtab, rewrites } from './dtab.ts';
import { lookupNamers, type Namers } from './lookup.ts';
import { type Name, pathName } from './name.ts';
import { map, type NameTree } from './name-tree.ts';
import { Path } from './path.ts';
import { maxDepth, maxNesting, NameQuota } from './quota.ts';

/**
 * The walk of a binding with every step kept, for people to read. Unlike a binding it follows every alternative. A step
 * that fails becomes an `exception` node; running out of depth, one at the closest alternative or union above.
 */
export function delegate(dtab: Dtab, namers: Namers, tree: NameTree<Path>): Activity<DelegateTree> {
  const root: Step = { path: tree.kind === 'leaf' ? tree.value : Path.empty, dentry: undefined };
  const walk = new Walk(dtab, namers);
  return caught(root, walk.expand({ ...root, path: Path.empty }, map(tree, pathName), start)).map(simplifyDelegate);
}

type Steps = Activity<DelegateTree>;

/** How far a step is from the root: in look-ups, and in trees within trees. */
interface Distance {
  readonly depth: number;
  readonly nesting: number;
}

const start: Distance = { depth: 0, nesting: 0 };

class Walk {
  readonly #dtab: Dtab;
  readonly #namers: Namers;
  readonly #quota = new NameQuota();

  constructor(dtab: Dtab, namers: Namers) {
    this.#dtab = dtab;
    this.#namers = namers;
  }

  /** The tree that `at` was rewritten to. */
  expand(at: Step, tree: NameTree<Name>, from: Distance): Steps {
    const within = { ...from, nesting: from.nesting + 1 };
    switch (tree.kind) {
      case 'leaf':
        if (tree.value.kind === 'path') return this.#resolve({ path: tree.value.path, dentry: at.dentry }, within);
        return Activity.value({ ...at, kind: 'leaf', bound: tree.value });
      case 'alt':
        return this.#alternatives(
          at,
          tree.trees.map((t) => this.expand(at, t, within)),
        );
      case 'union': {
        const branches = tree.trees.map((w) => this.expand(at, w.tree, within));
        if (branches.length < 2) return this.#alternatives(at, branches);
        return Activity.collect(branches.map((b) => caught(at, b))).map((trees) => ({
          ...at,
          kind: 'union',
          trees: trees.map((t, i) => ({ weight: tree.trees[i]?.weight ?? 1, tree: t })),
        }));
      }
      case 'neg':
        return Activity.value({ ...at, kind: 'neg', path: Path.empty });
      default:
        return Activity.value({ ...at, kind: tree.kind });
    }
  }

  /** Looks `at.path` up. */
  #resolve(at: Step, from: Distance): Steps {
    if (from.depth >= maxDepth || from.nesting > maxNesting) {
      return Activity.failed(new Error('Max recursion level reached.'));
    }
    const next = { ...from, depth: from.depth + 1 };
    return this.#quota.take(() => {
      const found = rewrites(this.#dtab, at.path);
      if (found.length === 0) return this.#byNamers(at, next);
      return this.#quota.hold({ kind: 'alt', trees: found.map(({ tree }) => tree) }, () =>
        this.#alternatives(
          at,
          found.map(({ dentry, tree }) => this.expand({ path: at.path, dentry }, map(tree, pathName), next)),
        ),
      );
    });
  }

  #byNamers(at: Step, next: Distance): Steps {
    const answer = Activity.defer(() => lookupNamers(this.#namers, at.path)).transform(orError);
    return answer.flatMap((tree) => {
      if (tree instanceof Error) return Activity.value({ ...at, kind: 'exception', error: tree });
      if (tree.kind === 'neg') return Activity.value({ ...at, kind: 'neg' });
      return this.#quota.hold(tree, () => this.expand(at, tree, next));
    });
  }

  #alternatives(at: Step, branches: readonly Steps[]): Steps {
    const [only, ...others] = branches;
    if (only === undefined) return Activity.value({ ...at, kind: 'neg' });
    if (others.length === 0) return only.map((tree) => ({ ...at, kind: 'delegate', tree }));
    return Activity.collect(branches.map((b) => caught(at, b))).map((trees) => ({ ...at, kind: 'alt', trees }));
  }
}

function caught(at: Step, steps: Steps): Steps {
  return steps.transform((s) => (s.kind === 'failed' ? ok({ ...at, kind: 'exception', error: s.error }) : s));
}

const orError = <T>(state: State<T>): State<T | Error> => (state.kind === 'failed' ? ok(state.error) : state);
