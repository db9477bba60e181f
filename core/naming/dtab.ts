import type { NameTree } from './name-tree.ts';
import type { Path } from './path.ts';

/** One delegation: `/svc => /#/io.l5d.k8s/default/http`. A `*` in the prefix matches any one segment. */
export interface Dentry {
  readonly prefix: Path;
  readonly dst: NameTree<Path>;
}

/** A delegation table. Later entries win, so an override is appended. */
export type Dtab = readonly Dentry[];
