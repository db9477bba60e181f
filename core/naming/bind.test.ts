import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stateNow, valueNow } from '#test/helpers/state-now.ts';
import { smallDtab, smallTree } from '#test/naming/arbitrary.ts';
import { ScriptedNamer } from '#test/naming/scripted-namer.ts';
import { Activity, failed, ok, pending, type State, settable } from '../reactive/activity.ts';
import { sameTree } from './bind.ts';
import { concatDtab, type Dtab } from './dtab.ts';
import { configuredInterpreter } from './interpreter.ts';
import { type Addr, address, type Bound, boundAddr } from './name.ts';
import { alt, type NameTree, neg, showTree, simplify } from './name-tree.ts';
import type { Namer } from './namer.ts';
import { readDentry, readDtab } from './parse.ts';
import { Path } from './path.ts';
import { Prefix } from './prefix.ts';

const root = Path.read('/a');
const answer = readDtab('/a => /#/x/1');

/** `/#/x` with the names 1 to 3, of which 1 and 2 are there. */
function smallNamer(): ScriptedNamer {
  const namer = new ScriptedNamer(Path.of('x'), 1, false);
  for (const n of [1, 2]) namer.set(Path.read(`/#/x/${n}`), ok(boundAddr(address('10.0.0.1', n))));
  return namer;
}

const shownState = (state: State<NameTree<Bound>>): string =>
  state.kind === 'ok'
    ? showTree(state.value, (b) => `${b.id.show}+${b.residual.show}@${b.unionWeight}`)
    : state.kind === 'failed'
      ? `failed: ${state.error.message}`
      : state.kind;

/** What a path is bound to at this moment. */
function bound(dtab: Dtab, namer: Namer = smallNamer(), path = root): string {
  return shownState(stateNow(configuredInterpreter(dtab, [namer], []).bind([], path)));
}

const entry = (dst: NameTree<Path>, prefix = '/a'): Dtab => [{ prefix: Prefix.read(prefix), dst }];

test('a later entry that is found wins', () => {
  fc.assert(fc.property(smallDtab, (base) => assert.equal(bound(concatDtab(base, answer)), '/#/x/1+/@undefined')));
});

test('a later entry that is Neg changes nothing, nor does one for another name', () => {
  fc.assert(
    fc.property(smallDtab, (base) => {
      assert.equal(bound(concatDtab(base, entry(neg))), bound(base));
      assert.equal(bound(concatDtab(base, readDtab('/other => /#/x/2'))), bound(base));
    }),
  );
});

test('Fail and Empty as the latest entry end the search', () => {
  fc.assert(
    fc.property(smallDtab, (base) => {
      assert.equal(bound([...base, readDentry('/a => !')]), '!');
      assert.equal(bound([...base, readDentry('/a => $')]), '$');
    }),
  );
});

test('an entry per alternative is as good as one entry with all', () => {
  fc.assert(
    fc.property(smallTree, smallTree, smallDtab, (first, second, rest) => {
      const others = rest.filter((d) => !d.prefix.matches(root));
      assert.equal(
        bound([...others, ...entry(second), ...entry(first)]),
        bound([...others, ...entry(alt(first, second))]),
      );
    }),
  );
});

test('alternation is associative', () => {
  fc.assert(
    fc.property(smallTree, smallTree, smallTree, smallDtab, (a, b, c, base) => {
      const left = bound([...base, ...entry(alt(alt(a, b), c))]);
      assert.equal(left, bound([...base, ...entry(alt(a, alt(b, c)))]));
      assert.equal(left, bound([...base, ...entry(alt(a, b, c))]));
    }),
  );
});

test('simplifying what entries lead to changes no binding, but for weights that are lost', () => {
  const weightless = (shown: string): string => shown.replace(/@[\w.]+/g, '');
  fc.assert(
    fc.property(smallDtab, (dtab) => {
      const simple = dtab.map(({ prefix, dst }) => ({ prefix, dst: simplify(dst) }));
      assert.equal(weightless(bound(simple)), weightless(bound(dtab)));
    }),
  );
});

test('a binding holds no alternation and nothing idle', () => {
  fc.assert(
    fc.property(smallDtab, (dtab) => {
      const tree = valueNow(configuredInterpreter(dtab, [smallNamer()], []).bind([], root));
      assert.deepEqual(simplify(tree), tree);
      assert.doesNotMatch(shownState(ok(tree)), /\|/);
    }),
  );
});

test('a binding that lived through changes is what a new one would be, and lets go of everything', () => {
  const state = fc.constantFrom<State<Addr | 'absent'>>(
    ok('absent'),
    ok(boundAddr()),
    pending,
    failed(new Error('away')),
  );
  const change = fc.oneof(fc.record({ name: fc.integer({ min: 1, max: 3 }), state }), fc.record({ dtab: smallDtab }));
  fc.assert(
    fc.property(smallDtab, fc.array(change, { maxLength: 12 }), (first, changes) => {
      const [namer, table] = [smallNamer(), settable<Dtab>(ok(first))];
      let live = '';
      const handle = configuredInterpreter(table.activity, [namer], [])
        .bind([], root)
        .states.observe((s) => (live = shownState(s)));
      let dtab = first;
      for (const each of changes) {
        if ('dtab' in each) {
          dtab = each.dtab;
          table.set(ok(dtab));
        } else namer.set(Path.read(`/#/x/${each.name}`), each.state);
        assert.equal(live, bound(dtab, namer));
      }
      handle.close();
      assert.equal(namer.observed, 0);
    }),
  );
});

test('a dtab change that leads to the same names tells nobody', () => {
  const table = settable<Dtab>(ok(readDtab('/a => /b; /b => /#/x/1')));
  const seen: string[] = [];
  configuredInterpreter(table.activity, [smallNamer()], [])
    .bind([], root)
    .map((tree) => showTree(tree, (b) => b.id.show))
    .states.observe((s) => seen.push(s.kind === 'ok' ? s.value : s.kind));
  table.set(ok(readDtab('/a => /c | /#/x/2; /c => /#/x/1')));
  assert.deepEqual(seen, ['/#/x/1']);
  table.set(ok(readDtab('/a => /#/x/2')));
  assert.deepEqual(seen, ['/#/x/1', '/#/x/2']);
});

test('trees are the same only down to where addresses come from, and by their weights', () => {
  const tree = (addr: Activity<Addr>, weight: number): NameTree<Bound> => ({
    kind: 'union',
    trees: [{ weight, tree: { kind: 'leaf', value: { kind: 'bound', id: root, residual: Path.empty, addr } } }],
  });
  const [one, other] = [Activity.value(boundAddr()), Activity.value(boundAddr())];
  assert.ok(sameTree(tree(one, 1), tree(one, 1)));
  assert.ok(!sameTree(tree(one, 1), tree(other, 1)));
  assert.ok(!sameTree(tree(one, 1), tree(one, 2)));
  assert.ok(!sameTree(tree(one, 1), neg));
  assert.ok(sameTree({ kind: 'alt', trees: [neg] }, { kind: 'alt', trees: [neg] }));
  assert.ok(!sameTree({ kind: 'alt', trees: [neg] }, { kind: 'alt', trees: [] }));
});

test('a namer that throws fails the binding', () => {
  const faulty: Namer = {
    prefix: Path.of('x'),
    lookup() {
      throw new Error('a fault');
    },
  };
  assert.equal(bound(answer, faulty), 'failed: a fault');
});

test('a hundred look-ups are followed, no more', () => {
  const chain = (n: number): Dtab =>
    readDtab(
      `/a => /c1; ${Array.from({ length: n - 1 }, (_, i) => `/c${i + 1} => /c${i + 2}`).join(';')}; /c${n} => /#/x/1`,
    );
  assert.equal(bound(chain(98)), '/#/x/1+/@undefined');
  assert.match(bound(chain(99)), /^failed: Max recursion level: 100 reached in Namer lookup$/);
});

test('a table that grows without end is given up quickly', () => {
  const many = (n: number, text: (i: number) => string, by: string): string =>
    Array.from({ length: n }, (_, i) => text(i)).join(by);
  const nested = (n: number): string => (n === 0 ? '/a' : `(~ | ${nested(n - 1)})`);
  for (const text of [
    '/a => /a & /a',
    '/a => /a/x & /a/y & /a/z',
    many(300, (i) => `/a => /a/${i}`, ';'),
    `/a => ${many(900, () => '/a', '&')}`,
    `/a => ${nested(60)}`,
  ]) {
    assert.match(
      bound(readDtab(text)),
      /^failed: (?:Max recursion level: 100|More than 2000 names)/,
      text.slice(0, 40),
    );
  }
  assert.equal(bound(readDtab(many(1500, (i) => `/a => /none${i}`, ';'))), '~');
});
