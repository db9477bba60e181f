import { Activity } from '../reactive/activity.ts';
import type { Lookup } from './bind.ts';
import { type Dtab, lookup } from './dtab.ts';
import { type Name, pathName } from './name.ts';
import { map, type NameTree, neg } from './name-tree.ts';
import type { Namer } from './namer.ts';
import type { Path } from './path.ts';

/** The namers of a process: those of its configuration, under `/#`, and the built-in ones, under `/$`. */
export interface Namers {
  readonly configured: readonly Namer[];
  readonly utilities: readonly Namer[];
}

export const configuredNamerElement = '#';
export const utilityNamerElement = '$';

/** A `/$/` name that no utility namer knows. It fails the binding, it is not negative. */
export class UnknownNamer extends Error {
  override readonly name = 'UnknownNamer';

  /** `path`: the whole of it, from `/$` on. */
  constructor(path: Path) {
    super(`Unknown namer: ${path.drop(1).take(1).show.slice(1)} for path: ${path.show}`);
  }
}

/** One step through a table and, where that has no entry for the path, the namers. */
export function lookupIn(dtab: Dtab, namers: Namers): Lookup {
  return (path) => {
    const rewritten = lookup(dtab, path);
    return rewritten.kind === 'neg' ? lookupNamers(namers, path) : Activity.value(map(rewritten, pathName));
  };
}

/**
 * The answer of the first namer that is not negative: of those configured whose prefix fits, the last configured comes
 * first.
 */
export function lookupNamers(namers: Namers, path: Path): Activity<NameTree<Name>> {
  switch (path.segments[0]) {
    case configuredNamerElement:
      return lookupFrom(namers.configured, namers.configured.length - 1, path.drop(1));
    case utilityNamerElement: {
      if (path.size === 1) return Activity.value(neg);
      const rest = path.drop(1);
      const namer = namers.utilities.find((n) => rest.startsWith(n.prefix));
      return namer === undefined ? Activity.failed(new UnknownNamer(path)) : namer.lookup(rest.drop(namer.prefix.size));
    }
    default:
      return Activity.value(neg);
  }
}

function lookupFrom(namers: readonly Namer[], last: number, path: Path): Activity<NameTree<Name>> {
  for (let i = last; i >= 0; i--) {
    const namer = namers[i];
    if (namer === undefined || !path.startsWith(namer.prefix)) continue;
    const found = namer.lookup(path.drop(namer.prefix.size));
    return found.flatMap((tree) => (tree.kind === 'neg' ? lookupFrom(namers, i - 1, path) : Activity.value(tree)));
  }
  return Activity.value(neg);
}
