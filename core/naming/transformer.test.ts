import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity, ok, settable } from '../reactive/activity.ts';
import { configuredInterpreter, namersAlone } from './interpreter.ts';
import { type Addr, address, boundAddr, boundName, type Name, pathName } from './name.ts';
import { alt, leaf, map, type NameTree, neg, showTree, union } from './name-tree.ts';
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
  let text = '';
  tree.states.observe((s) => {
    if (s.kind === 'ok')
      text = showTree(s.value, (name) =>
        name.kind === 'path' ? name.path.show : `${name.id.show} <${now(name.addr)}>`,
      );
  });
  return text;
}

function now(activity: Activity<Addr>): string {
  let text = '';
  activity.states.observe((s) => {
    if (s.kind === 'ok')
      text = s.value.kind === 'neg' ? 'neg' : s.value.addresses.map((a) => `${a.host}:${a.port}`).join(' ');
  });
  return text;
}

const interpreter = configuredInterpreter(readDtab('/svc => /#/x'), [namer, fixed], []);
const through = (...transformers: NamedTransformer[]) => transformedInterpreter(interpreter, transformers, bindPath);

test('transformers apply in order, so that the last tag is outermost', () => {
  const bound = through(onlyHost('10.0.0.2'), toPort(4141)).bind([], Path.read('/svc/bound'));
  assert.equal(shown(bound), '/%/port-4141/%/10.0.0.2/#/x <10.0.0.2:4141>');
});

test('the residual, the union weight and the metadata of the set stay', () => {
  through(toPort(1))
    .bind([], Path.read('/svc/bound'))
    .map((tree) => map(tree, (bound) => [bound.residual.show, bound.addr]))
    .states.observe((s) => {
      assert.ok(s.kind === 'ok' && s.value.kind === 'leaf');
      const [residual, transformed] = s.value.value as [string, Activity<Addr>];
      assert.equal(residual, '/rest');
      transformed.states.observe((a) =>
        assert.ok(a.kind === 'ok' && a.value.kind === 'bound' && a.value.meta?.['authority'] === 'web'),
      );
    });
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
  through(toPort(1), toPort(2))
    .delegate([], Path.read('/svc/both'))
    .states.observe((s) => {
      const visit = (tree: unknown): void => {
        if (typeof tree !== 'object' || tree === null) return;
        if ('kind' in tree && tree.kind === 'transformation' && 'name' in tree && 'bound' in tree) {
          seen.push(`${tree.name} ${(tree.bound as { id: Path }).id.show}`);
        }
        for (const child of Object.values(tree)) if (Array.isArray(child) || typeof child === 'object') visit(child);
      };
      if (s.kind === 'ok') visit(s.value);
    });
  assert.deepEqual(seen, ['ToPort /#/x', 'ToPort /%/port-1/#/x']);
});

test('an interpreter whose trees are replaced as a whole cannot delegate', () => {
  const replaced = through(replaceAll);
  assert.equal(shown(replaced.bind([], Path.read('/svc/none'))), '/#/fixed <10.0.0.1:80 10.0.0.2:80>');
  replaced
    .delegate([], Path.read('/svc/bound'))
    .states.observe((s) => assert.ok(s.kind === 'failed' && s.error instanceof CannotDelegate));
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
