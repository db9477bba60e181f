import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { call } from '#test/helpers/exchanges.ts';
import { type Bound, boundName } from '../../core/naming/name.ts';
import { alt, empty, fail, leaf, type NameTree, neg, union } from '../../core/naming/name-tree.ts';
import { Path } from '../../core/naming/path.ts';
import { Activity } from '../../core/reactive/activity.ts';
import { draw, type Share, sendTo, shares, treeKey } from './choice.ts';

const bound = (id: string): Bound => boundName(Path.read(id), Path.empty, Activity.pending);
const to = (id: string): NameTree<Bound> => leaf(bound(id));

/** A share that only knows where it leads: '' for the share with no one home. */
function share(of: Bound | undefined, upTo: number): Share {
  return {
    upTo,
    client: of?.id.show ?? '',
    service: { send: () => {} },
    lines: '',
    residual: '',
    stats: { begin() {}, skip() {}, end() {} },
    unroutable: () => '',
  };
}

/** The share of the rolls each cluster gets, `$` for no one home. */
function portions(tree: NameTree<Bound>): Readonly<Record<string, number>> {
  const portion: Record<string, number> = {};
  let from = 0;
  for (const { client, upTo } of shares(tree, share)) {
    const key = client === '' ? '$' : client;
    portion[key] = (portion[key] ?? 0) + upTo - from;
    from = upTo;
  }
  for (const key of Object.keys(portion)) portion[key] = Math.round((portion[key] ?? 0) * 1e9) / 1e9;
  return portion;
}

const w = (weight: number, tree: NameTree<Bound>) => ({ weight, tree });

const trees: readonly (readonly [what: string, tree: NameTree<Bound>, portions: Readonly<Record<string, number>>])[] = [
  ['a leaf takes all', to('/a'), { '/a': 1 }],
  ['a union shares by weight', union(w(1, to('/a')), w(3, to('/b'))), { '/a': 0.25, '/b': 0.75 }],
  [
    'a union in a union shares its share',
    union(w(1, to('/a')), w(1, union(w(1, to('/b')), w(1, to('/c'))))),
    { '/a': 0.5, '/b': 0.25, '/c': 0.25 },
  ],
  ['a weight of nothing gets nothing', union(w(0, to('/a')), w(2, to('/b'))), { '/a': 0, '/b': 1 }],
  ['nothing but weights of nothing share evenly', union(w(0, to('/a')), w(0, to('/b'))), { '/a': 0.5, '/b': 0.5 }],
  [
    'a union of nothing but weights of nothing keeps the share it has',
    union(w(1, union(w(0, to('/a')), w(0, to('/b')))), w(1, to('/c'))),
    { '/a': 0.25, '/b': 0.25, '/c': 0.5 },
  ],
  ['$ keeps its share', union(w(1, to('/a')), w(1, empty)), { '/a': 0.5, $: 0.5 }],
  ['of an alternation the first is used', alt(to('/a'), to('/b')), { '/a': 1 }],
  ['one cluster twice', union(w(1, to('/a')), w(1, to('/b')), w(2, to('/a'))), { '/a': 0.75, '/b': 0.25 }],
  ['~ leads nowhere', neg, {}],
  ['! leads nowhere', fail, {}],
  ['$ alone leads nowhere', empty, {}],
  ['$ & $ leads nowhere', union(w(1, empty), w(1, empty)), {}],
  ['an empty alternation leads nowhere', alt(), {}],
];

for (const [what, tree, expected] of trees) test(what, () => assert.deepEqual(portions(tree), expected));

const weights = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 10 });
const roll = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a roll falls to the branch whose interval of the weights holds it', () => {
  fc.assert(
    fc.property(weights, roll, (all, at) => {
      const total = all.reduce((sum, weight) => sum + weight, 0);
      fc.pre(total > 0);
      const list = shares(union(...all.map((weight, i) => w(weight, to(`/${i}`)))), share);
      const chosen = Number(draw(list, at).client.slice(1));
      const before = all.slice(0, chosen).reduce((sum, weight) => sum + weight, 0);
      assert.ok(before / total <= at + 1e-9, 'not before its interval');
      assert.ok(at - 1e-9 <= (before + (all[chosen] ?? 0)) / total, 'not behind its interval');
    }),
  );
});

test('the intervals of any tree cover all rolls, in order', () => {
  const tree = fc.letrec<{ tree: NameTree<Bound> }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree' },
      fc.constantFrom('/a', '/b', '/c').map(to),
      fc.constant<NameTree<Bound>>(empty),
      fc
        .array(fc.record({ weight: fc.integer({ min: 0, max: 5 }), tree: tie('tree') }), { minLength: 2, maxLength: 4 })
        .map((all) => union(...all)),
    ),
  }));
  fc.assert(
    fc.property(tree.tree, (t) => {
      const list = shares(t, share);
      let last = 0;
      for (const { upTo } of list) {
        assert.ok(upTo >= last && upTo <= 1 + 1e-9);
        last = upTo;
      }
      if (list.length > 0) assert.ok(Math.abs(last - 1) < 1e-9);
    }),
  );
});

test('an interval does not hold its upper end', () => {
  const list = shares(union(w(1, to('/a')), w(1, to('/b'))), share);
  assert.equal(draw(list, 0.5 - 1e-9).client, '/a');
  assert.equal(draw(list, 0.5).client, '/b');
});

test('an exchange sent to a share is given to its service, and knows the share', () => {
  const { x } = call();
  const sent: unknown[] = [];
  const chosen: Share = { ...share(bound('/a'), 1), service: { send: (given) => sent.push(given) } };
  sendTo(chosen, x);
  assert.equal(x.share, chosen);
  assert.deepEqual(sent, [x]);
});

test('trees have one key where they lay out the same, and only there', () => {
  const keys = trees.map(([, tree]) => treeKey(tree));
  assert.deepEqual(
    keys,
    trees.map(([, tree]) => treeKey(tree)),
  );
  assert.equal(new Set(keys).size, trees.length);
});
