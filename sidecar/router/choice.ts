import type { Bound } from '../../core/naming/name.ts';
import type { NameTree } from '../../core/naming/name-tree.ts';
import type { Exchange } from './exchange.ts';
import type { Service } from './service.ts';

/** Counts the exchanges of one name at one client. */
export interface ShareStats {
  begin(): void;
  skip(): void;
  end(x: Exchange, since: number): void;
}

/** One cluster a name is bound to, with its share of the requests. */
export interface Share {
  /** Upper end of its interval in [0, 1). */
  readonly upTo: number;
  readonly service: Service;
  /** Shown id of the cluster. */
  readonly client: string;
  /** Context lines of every request that goes there: `l5d-dst-client`, `l5d-dst-service`, `l5d-dst-residual`. */
  readonly lines: string;
  /** Shown residual path, '' for none. */
  readonly residual: string;
  readonly stats: ShareStats;
  /** `host:port` of the endpoints, for people to read. */
  readonly addresses?: () => readonly string[];
  /** What a caller is told when the cluster has no endpoints. */
  readonly unroutable: () => string;
}

/** Makes the share of one cluster; undefined `bound` is a share that exists with no one home (`$`). */
export type ShareFactory = (bound: Bound | undefined, upTo: number) => Share;

/** A bound tree laid out for drawing. Empty where the tree leads nowhere. */
export function shares(tree: NameTree<Bound>, make: ShareFactory): readonly Share[] {
  const flat: { bound: Bound | undefined; weight: number }[] = [];
  flatten(tree, 1, flat);
  if (flat.every((f) => f.bound === undefined)) return [];
  let sum = 0;
  return flat.map((f) => {
    sum += f.weight;
    return make(f.bound, sum);
  });
}

function flatten(tree: NameTree<Bound>, weight: number, out: { bound: Bound | undefined; weight: number }[]): void {
  if (tree.kind === 'leaf') out.push({ bound: tree.value, weight });
  else if (tree.kind === 'empty') out.push({ bound: undefined, weight });
  else if (tree.kind === 'union') {
    const total = tree.trees.reduce((sum, w) => sum + w.weight, 0);
    // Weights of nothing but zeros share evenly, as in Linkerd: a union keeps the share it has, whatever is in it.
    for (const w of tree.trees) flatten(w.tree, weight * (total === 0 ? 1 / tree.trees.length : w.weight / total), out);
  } else if (tree.kind === 'alt' && tree.trees[0] !== undefined) flatten(tree.trees[0], weight, out);
}

/** A text that is the same for trees that lay out the same. */
export function treeKey(tree: NameTree<Bound>): string {
  if (tree.kind === 'leaf') return `${tree.value.id.show} ${tree.value.residual.show}`;
  if (tree.kind === 'union') return `(${tree.trees.map((w) => `${w.weight}*${treeKey(w.tree)}`).join(' & ')})`;
  if (tree.kind === 'alt') return `(${tree.trees.map(treeKey).join(' | ')})`;
  return tree.kind;
}

/** Hot: the share a roll in [0, 1) falls to. */
export function draw(list: readonly Share[], roll: number): Share {
  const last = list.length - 1;
  for (let i = 0; i < last; i++) if (roll < (list[i] as Share).upTo) return list[i] as Share;
  return list[last] as Share;
}

/** Sends an exchange to a share. */
export function sendTo(share: Share, x: Exchange): void {
  x.share = share;
  share.service.send(x);
}
