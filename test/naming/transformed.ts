import { type Addr, address, type Bound, boundAddr, boundName } from '#core/naming/name.ts';
import { leaf, type NameTree, neg, showTree, union } from '#core/naming/name-tree.ts';
import type { BindPath } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import type { NamedTransformer } from '#core/naming/transformer.ts';
import { Activity } from '#core/reactive/activity.ts';
import { valueNow } from '#test/helpers/state-now.ts';

const replicas = boundAddr(address('127.0.0.1', 80), address('10.9.9.9', 81));

/** The name `/#/web` with the residual `/r`: on this host at port 80, and at 10.9.9.9:81. */
export const web = (addr: Addr = replicas): NameTree<Bound> =>
  leaf(boundName(Path.read('/#/web'), Path.of('r'), Activity.value(addr)));

/** Knows `/#/target`, a union of 10.0.0.9:99 and nothing. */
const bindPath: BindPath = (path) => {
  const one = web(boundAddr(address('10.0.0.9', 99)));
  return Activity.value(path.show === '/#/target' ? union({ weight: 1, tree: one }, { weight: 2, tree: neg }) : neg);
};

/** What a tree is transformed to, with its addresses. */
export function transformed(transformer: NamedTransformer, tree: NameTree<Bound> = web()): string {
  return showTree(valueNow(transformer.transform(tree, bindPath)), ({ id, residual, addr }) => {
    const now = valueNow(addr);
    const addresses = now.kind === 'neg' ? 'neg' : now.addresses.map((a) => `${a.host}:${a.port}`).join(' ');
    return `${id.show} ${residual.show} <${addresses}>`;
  });
}
