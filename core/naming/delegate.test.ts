import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stateNow, valueNow } from '#test/helpers/state-now.ts';
import { smallDtab } from '#test/naming/arbitrary.ts';
import { ScriptedNamer } from '#test/naming/scripted-namer.ts';
import { failed, ok, pending } from '../reactive/activity.ts';
import { delegateJson } from './delegate-json.ts';
import type { DelegateTree } from './delegate-tree.ts';
import { configuredInterpreter } from './interpreter.ts';
import { address, boundAddr } from './name.ts';
import { evaluate, leaf, type NameTree, neg } from './name-tree.ts';
import { readDtab, readTree } from './parse.ts';
import { Path } from './path.ts';

const namer = new ScriptedNamer(Path.of('x'), 1, false);
namer.set(Path.read('/#/x/1'), ok(boundAddr(address('10.0.0.1', 80))));
namer.set(Path.read('/#/x/2'), ok({ kind: 'neg' }));
namer.set(Path.read('/#/x/broken'), failed(new Error('the backend is away')));
namer.set(Path.read('/#/x/slow'), pending);

function delegated(dtab: string, from: Path | NameTree<Path> = Path.read('/a')): DelegateTree | 'pending' {
  const state = stateNow(configuredInterpreter(readDtab(dtab), [namer], []).delegate([], from));
  assert.notEqual(state.kind, 'failed');
  return state.kind === 'ok' ? state.value : 'pending';
}

/** A delegation in short: kinds, paths and the dentries that led there. */
function short(tree: DelegateTree | 'pending'): string {
  if (tree === 'pending') return tree;
  const by = 'dentry' in tree && tree.dentry !== undefined ? `[${tree.dentry.prefix.show}]` : '';
  const at = `${tree.path.show}${by}`;
  switch (tree.kind) {
    case 'leaf':
      return `${at}=${tree.bound.id.show}`;
    case 'delegate':
    case 'transformation':
      return `${at} > ${short(tree.tree)}`;
    case 'alt':
      return `${at} (${tree.trees.map(short).join(' | ')})`;
    case 'union':
      return `${at} (${tree.trees.map((w) => `${w.weight} ${short(w.tree)}`).join(' & ')})`;
    case 'exception':
      return `${at} exception ${tree.error.message}`;
    default:
      return `${at} ${tree.kind}`;
  }
}

test('every step is kept, with the entry that led to it', () => {
  assert.equal(short(delegated('/a => /b; /b => /#/x/1')), '/a > /b[/a] > /#/x/1[/b]=/#/x/1');
  assert.equal(short(delegated('/a => ~; /a => $; /a => !')), '/a (/a[/a] fail | /a[/a] empty | /[/a] neg)');
});

test('all alternatives are followed, not only up to the first that is found', () => {
  assert.equal(
    short(delegated('/a => /#/x/1 | /#/x/none | /#/x/2')),
    '/a (/#/x/1[/a]=/#/x/1 | /#/x/none[/a] neg | /#/x/2[/a]=/#/x/2)',
  );
});

test('a step that fails is an exception, the others go on', () => {
  assert.equal(
    short(delegated('/a => /#/x/broken | /b & /#/x/1; /b => /b')),
    '/a (/#/x/broken[/a] exception the backend is away | /a[/a] (1 /a[/a] exception Max recursion level reached. & 1 /#/x/1[/a]=/#/x/1))',
  );
  assert.equal(short(delegated('/a => /a')), '/a exception Max recursion level reached.');
});

test('a look-up that is pending makes the delegation wait', () => {
  assert.equal(short(delegated('/a => /#/x/1 | /#/x/slow')), 'pending');
});

test('a tree may be delegated as well as a path', () => {
  assert.equal(short(delegated('/a => /#/x/1', readTree('/a | ~'))), '/ (/a > /#/x/1[/a]=/#/x/1 | / neg)');
});

test('a table that grows without end ends in exceptions', () => {
  const tree = delegated('/a => /a/x & /a/y');
  assert.notEqual(tree, 'pending');
  assert.match(short(tree), /exception (?:Max recursion level reached|More than 2000 names)/);
});

test('the delegation comes to what the binding is', () => {
  /** What the steps say about evaluation. */
  const toTree = (tree: DelegateTree): NameTree<string> => {
    switch (tree.kind) {
      case 'leaf':
        return leaf(`${tree.bound.id.show} ${tree.bound.residual.show}`);
      case 'delegate':
      case 'transformation':
        return toTree(tree.tree);
      case 'alt':
        return { kind: 'alt', trees: tree.trees.map(toTree) };
      case 'union':
        return { kind: 'union', trees: tree.trees.map((w) => ({ weight: w.weight, tree: toTree(w.tree) })) };
      case 'exception':
        return neg;
      default:
        return { kind: tree.kind };
    }
  };
  const bounds = new ScriptedNamer(Path.of('x'), 1, false);
  bounds.set(Path.read('/#/x/1'), ok(boundAddr()));
  fc.assert(
    fc.property(smallDtab, (dtab) => {
      const interpreter = configuredInterpreter(dtab, [bounds], []);
      const walked = evaluate(toTree(valueNow(interpreter.delegate([], Path.read('/a')))));
      const binding = evaluate(valueNow(interpreter.bind([], Path.read('/a'))));
      assert.deepEqual(
        walked,
        binding?.map((b) => `${b.id.show} ${b.residual.show}`),
      );
    }),
  );
});

test('in JSON it is what Linkerd showed, addresses and all', () => {
  const interpreter = configuredInterpreter(readDtab('/a => /#/x/1 & /#/x/2 | ! | /b'), [namer], []);
  const dentry = { prefix: '/a', dst: '/#/x/1 & /#/x/2 | ! | /b' };
  const addr = { type: 'bound', addrs: [{ ip: '10.0.0.1', port: 80, meta: {} }], meta: {} };
  const [one, two] = [
    { type: 'leaf', path: '/#/x/1', dentry, bound: { addr, id: '/#/x/1', path: '/' } },
    { type: 'leaf', path: '/#/x/2', dentry, bound: { addr: { type: 'neg' }, id: '/#/x/2', path: '/' } },
  ];
  const union = [one, two].map((tree) => ({ weight: 1, tree }));
  assert.deepEqual(valueNow(interpreter.delegate([], Path.read('/a')).flatMap(delegateJson)), {
    type: 'alt',
    path: '/a',
    alt: [
      { type: 'union', path: '/a', dentry, union },
      { type: 'fail', path: '!', dentry },
      { type: 'neg', path: '/b', dentry },
    ],
  });
});
