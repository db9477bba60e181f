import type { Activity, State } from '../reactive/activity.ts';
import type { DelegateTree } from './delegate-tree.ts';
import type { Dtab } from './dtab.ts';
import type { Addr, Bound, Name } from './name.ts';
import type { NameTree } from './name-tree.ts';
import type { Path } from './path.ts';

/** Looks names up in one backend: the file system, Kubernetes, Consul, DNS. */
export interface Namer {
  /** Paths under `/#` + this prefix (or `/$` + this prefix for utility namers) are offered, with all of that removed. */
  readonly prefix: Path;
  /** May give a bound name, a path to be looked up again through the whole dtab (rewriting namers), or `neg`. */
  lookup(path: Path): Activity<NameTree<Name>>;
  /** Shown ids of all there is to be found here; only of namers that can list them. */
  readonly names?: Activity<readonly string[]>;
  /** The addresses it follows now, by the name that was asked for: what an operator may look at. */
  followed?(): ReadonlyMap<string, State<Addr>>;
}

/** Turns a logical path into bound clusters, here or by asking namerd. */
export interface Interpreter {
  bind(localDtab: Dtab, path: Path): Activity<NameTree<Bound>>;
  /** The same walk with every step kept, for people; fails with CannotDelegate where that cannot be shown. */
  delegate(localDtab: Dtab, from: Path | NameTree<Path>): Activity<DelegateTree>;
  /** The table it binds by, where that is read from elsewhere: what an operator may look at. */
  readonly stored?: StoredTable;
}

/** A table that is read from elsewhere. */
export interface StoredTable {
  /** Of the interpreter: `io.l5d.fs`. */
  readonly kind: string;
  /** Where it is read. */
  readonly source: string;
  /** Its text, as it was last read; pending until a name was bound by it. */
  last(): State<string>;
}

/** This interpreter cannot explain itself: it, or a transformer on it, replaces trees as a whole. */
export class CannotDelegate extends Error {
  override readonly name = 'CannotDelegate';
}

/** Binds a path without any dtab, by the configured and the utility namers alone. */
export type BindPath = (path: Path) => Activity<NameTree<Bound>>;

/** Rewrites what an interpreter or a namer bound: go to the node's linker, fix a port, filter a subnet. */
export type Transformer = (tree: NameTree<Bound>, bindPath: BindPath) => Activity<NameTree<Bound>>;
