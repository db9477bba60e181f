import { alt, map, type NameTree, neg, showTree } from './name-tree.ts';
import type { Path } from './path.ts';
import type { Prefix } from './prefix.ts';

/** One delegation: `/svc => /#/io.l5d.k8s/default/http`. A `*` in the prefix matches any one element. */
export interface Dentry {
  readonly prefix: Prefix;
  readonly dst: NameTree<Path>;
}

/** A delegation table. Later entries win, so an override is appended. `readDtab` in parse.ts reads one. */
export type Dtab = readonly Dentry[];

export const emptyDtab: Dtab = [];

export const showPathTree = (tree: NameTree<Path>): string => showTree(tree, (path) => path.show);

export const showDentry = ({ prefix, dst }: Dentry): string => `${prefix.show}=>${showPathTree(dst)}`;

/** Canonical text, which `readDtab` reads back. */
export const showDtab = (dtab: Dtab): string => dtab.map(showDentry).join(';');

/** Entries of `override` come before those of `base`. */
export function concatDtab(base: Dtab, override: Dtab): Dtab {
  if (base.length === 0) return override;
  return override.length === 0 ? base : [...base, ...override];
}

/** The entries that rewrite this path, each with what it rewrites it to: the newest first. */
export function rewrites(
  dtab: Dtab,
  path: Path,
): readonly { readonly dentry: Dentry; readonly tree: NameTree<Path> }[] {
  const found: { readonly dentry: Dentry; readonly tree: NameTree<Path> }[] = [];
  for (let i = dtab.length - 1; i >= 0; i--) {
    const dentry = dtab[i];
    if (dentry === undefined || !dentry.prefix.matches(path)) continue;
    const rest = path.drop(dentry.prefix.size);
    found.push({ dentry, tree: map(dentry.dst, (p) => p.concat(rest)) });
  }
  return found;
}

/**
 * One step of rewriting: every entry whose prefix matches, the newest tried first, with the rest of the path appended
 * to each of its leaves; neg if there is none. A longer prefix has no precedence.
 */
export function lookup(dtab: Dtab, path: Path): NameTree<Path> {
  const [first, ...others] = rewrites(dtab, path).map((r) => r.tree);
  if (first === undefined) return neg;
  return others.length === 0 ? first : alt(first, ...others);
}
