import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow, valueNow } from '#test/helpers/state-now.ts';
import { Activity, ok, settable } from '../reactive/activity.ts';
import type { DelegateTree } from './delegate-tree.ts';
import { configuredInterpreter, namersAlone } from './interpreter.ts';
import { type Addr, address, boundAddr, boundName, type Name, pathName } from './name.ts';
import { alt, leaf, leaves, type NameTree, neg, showTree, union } from './name-tree.ts';
import { CannotDelegate, type Namer } from './namer.ts';
import { readDtab } from './parse.ts';
import { Path } from './path.ts';
import {
  filterAddresses,
  type NamedTransformer,
  perAddress,
  transformedInterpreter,
  transformedNamer,
} from './transformer.ts';

const tagged = (name: string): Path => Path.of('%', name);
const toPort = (port: number): NamedTransformer =>
  perAddress(tagged(`port-${port}`), 'ToPort', (all) => all.map((a) => ({ ...a, port })));
const onlyHost = (host: string): NamedTransformer => filterAddresses(tagged(host), 'OnlyHost', (a) => a.host === host);
const replaceAll: NamedTransformer = {
  tag: tagged('all'),
  name: 'ReplaceAll',
  each: undefined,
  transform: (_tree, bindPath) => bindPath(Path.read('/#/fixed')),
};

const addr = settable<Addr>(
  ok({ ...boundAddr(address('10.0.0.1', 80), address('10.0.0.2', 80)), meta: { authority: 'web' } }),
);
const id = Path.read('/#/x');
const trees: Readonly<Record<string, NameTree<Name>>> = {
  bound: leaf(boundName(id, Path.read('/rest'), addr.activity)),
  both: alt(
    neg,
    union({ weight: 1, tree: leaf<Name>(boundName(id, Path.empty, addr.activity)) }, { weight: 1, tree: neg }),
  ),
  path: alt(leaf(pathName(Path.read('/elsewhere'))), neg),
};
const namer: Namer = { prefix: Path.of('x'), lookup: (path) => Activity.value(trees[path.segments[0] ?? ''] ?? neg) };
const fixed: Namer = {
  prefix: Path.of('fixed'),
  lookup: () => Activity.value(leaf(boundName(Path.read('/#/fixed'), Path.empty, addr.activity))),
};
const bindPath = namersAlone([namer, fixed], []);

/** A tree with what its addresses are now. */
function shown(tree: Activity<NameTree<Name>>): string {
  return showTree(valueNow(tree), (name) =>
    name.kind === 'path' ? name.path.show : `${name.id.show} <${now(name.addr)}>`,
  );
}

function now(activity: Activity<Addr>): string {
  const value = valueNow(activity);
  return value.kind === 'neg' ? 'neg' : value.addresses.map((a) => `${a.host}:${a.port}`).join(' ');
}

const interpreter = configuredInterpreter(readDtab('/svc => /#/x'), [namer, fixed], []);
const through = (...transformers: NamedTransformer[]) => transformedInterpreter(interpreter, transformers, bindPath);

test('transformers apply in order, so that the last tag is outermost', () => {
  const bound = through(onlyHost('10.0.0.2'), toPort(4141)).bind([], Path.read('/svc/bound'));
  assert.equal(shown(bound), '/%/port-4141/%/10.0.0.2/#/x <10.0.0.2:4141>');
});

test('the residual, the union weight and the metadata of the set stay', () => {
  const [bound, ...others] = leaves(valueNow(through(toPort(1)).bind([], Path.read('/svc/bound'))));
  assert.ok(bound !== undefined && others.length === 0);
  assert.equal(bound.residual.show, '/rest');
  const value = valueNow(bound.addr);
  assert.deepEqual(value.kind === 'bound' && value.meta, { authority: 'web' });
  const [one] = leaves(valueNow(through(toPort(1)).bind([], Path.read('/svc/both'))));
  assert.equal(one?.unionWeight, 1);
});

test('where nothing is left the address is neg and the leaf stays', () => {
  assert.equal(shown(through(onlyHost('10.9.9.9')).bind([], Path.read('/svc/bound'))), '/%/10.9.9.9/#/x <neg>');
});

test('a transformed address follows the one it is made of', () => {
  const moving = settable<Addr>(ok(boundAddr(address('10.0.0.1', 80))));
  const each = toPort(9).each ?? assert.fail();
  const { addr: live } = each(boundName(id, Path.empty, moving.activity));
  assert.equal(now(live), '10.0.0.1:9');
  moving.set(ok(boundAddr(address('10.0.0.7', 80))));
  assert.equal(now(live), '10.0.0.7:9');
  moving.set(ok({ kind: 'neg' }));
  assert.equal(now(live), 'neg');
});

test('a delegation shows every transformer at the leaves, before and after', () => {
  const seen: string[] = [];
  const visit = (tree: DelegateTree): void => {
    if (tree.kind === 'transformation') seen.push(`${tree.name} ${tree.bound.id.show}`);
    if (tree.kind === 'leaf') seen.push(tree.bound.id.show);
    if (tree.kind === 'alt') tree.trees.forEach(visit);
    else if (tree.kind === 'union') for (const w of tree.trees) visit(w.tree);
    else if (tree.kind === 'delegate' || tree.kind === 'transformation') visit(tree.tree);
  };
  visit(valueNow(through(toPort(1), toPort(2)).delegate([], Path.read('/svc/both'))));
  assert.deepEqual(seen, ['ToPort /#/x', 'ToPort /%/port-1/#/x', '/%/port-2/%/port-1/#/x']);
});

test('an interpreter whose trees are replaced as a whole cannot delegate', () => {
  const replaced = through(replaceAll);
  assert.equal(shown(replaced.bind([], Path.read('/svc/none'))), '/#/fixed <10.0.0.1:80 10.0.0.2:80>');
  const delegation = stateNow(replaced.delegate([], Path.read('/svc/bound')));
  assert.ok(delegation.kind === 'failed' && delegation.error instanceof CannotDelegate);
});

test('on a namer only trees without paths are transformed', () => {
  const { lookup } = transformedNamer(namer, [toPort(1), toPort(2)], bindPath);
  assert.equal(shown(lookup(Path.of('bound'))), '/%/port-2/%/port-1/#/x <10.0.0.1:2 10.0.0.2:2>');
  assert.equal(shown(lookup(Path.of('both'))), '~ | /%/port-2/%/port-1/#/x <10.0.0.1:2 10.0.0.2:2> & ~');
  assert.equal(shown(lookup(Path.of('path'))), '/elsewhere | ~');
  assert.equal(shown(lookup(Path.of('none'))), '~');
  assert.equal(
    shown(transformedNamer(namer, [replaceAll], bindPath).lookup(Path.of('none'))),
    '/#/fixed <10.0.0.1:80 10.0.0.2:80>',
  );
  assert.equal(transformedNamer(namer, [], bindPath), namer);
});
