import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tree } from '#test/naming/arbitrary.ts';
import {
  alt,
  empty,
  evaluate,
  fail,
  leaf,
  leaves,
  map,
  type NameTree,
  neg,
  showTree,
  simplify,
  union,
} from './name-tree.ts';

const numbers = tree(fc.nat(9));
const shown = (t: NameTree<number>): string => showTree(t, String);
const weigh = (weight: number, t: NameTree<number>) => ({ weight, tree: t });

test('simplifying twice changes nothing', () => {
  fc.assert(fc.property(numbers, (t) => assert.deepEqual(simplify(simplify(t)), simplify(t))));
});

test('a simplified tree comes to the same as it was', () => {
  /** The rules, said once more and more plainly. */
  const comesTo = (t: NameTree<number>): readonly number[] | undefined => {
    if (t.kind === 'leaf') return [t.value];
    if (t.kind === 'empty') return [];
    if (t.kind === 'union') {
      const known = t.trees.map((w) => comesTo(w.tree)).filter((v) => v !== undefined);
      return known.length === 0 ? undefined : known.flat();
    }
    if (t.kind !== 'alt') return undefined;
    for (const branch of t.trees) {
      if (isFail(branch)) return undefined;
      const value = comesTo(branch);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const isFail = (t: NameTree<number>): boolean => simplify(t).kind === 'fail';
  fc.assert(fc.property(numbers, (t) => assert.deepEqual(evaluate(t), comesTo(t))));
});

test('what is idle goes: Neg everywhere, what follows a Fail, Fail in a union', () => {
  assert.deepEqual(simplify(alt(neg, leaf(1), neg, leaf(2))), alt(leaf(1), leaf(2)));
  assert.deepEqual(simplify(alt(leaf(1), fail, leaf(2))), alt(leaf(1), fail));
  assert.deepEqual(simplify(alt(neg, fail, leaf(2))), fail);
  assert.deepEqual(simplify(union(weigh(1, neg), weigh(2, fail))), neg);
  assert.deepEqual(simplify(union(weigh(1, neg), weigh(2, leaf(1)))), leaf(1));
  assert.deepEqual(simplify(union(weigh(1, empty), weigh(2, leaf(1)))), union(weigh(1, empty), weigh(2, leaf(1))));
  assert.deepEqual([simplify(alt()), simplify(union())], [neg, neg]);
  assert.deepEqual(simplify(union(weigh(1, fail))), fail);
});

test('mapping keeps the shape', () => {
  fc.assert(
    fc.property(numbers, (t) => {
      assert.deepEqual(
        map(t, (n) => n),
        t,
      );
      assert.deepEqual(
        leaves(map(t, (n) => n + 1)),
        leaves(t).map((n) => n + 1),
      );
    }),
  );
});

test('parentheses stand only where the nesting needs them', () => {
  assert.equal(shown(alt(alt(leaf(1), leaf(2)), leaf(3))), '(1 | 2) | 3');
  assert.equal(shown(alt(leaf(1), union(weigh(1, leaf(2)), weigh(1, leaf(3))))), '1 | 2 & 3');
  assert.equal(shown(union(weigh(0.5, alt(leaf(1), leaf(2))), weigh(2, leaf(3)))), '0.50*(1 | 2) & 2.00*3');
  assert.equal(shown(union(weigh(1, union(weigh(1, leaf(1)), weigh(1, leaf(2)))), weigh(1, leaf(3)))), '(1 & 2) & 3');
  assert.equal(shown(alt(union(weigh(2, alt(leaf(1)))))), '1');
  assert.equal(shown(alt()) + shown(union()) + shown(neg) + shown(empty) + shown(fail), '~~~$!');
});

test('weights have two decimals, halves of their shortest form going up', () => {
  const shownWeight = (weight: number): string => shown(union(weigh(weight, leaf(1)), weigh(1, leaf(2))));
  assert.equal(shownWeight(0.345), '0.35*1 & 2');
  assert.equal(shownWeight(1.005), '1.01*1 & 2');
  assert.equal(shownWeight(1e-9), '0.00*1 & 2');
  assert.equal(shownWeight(3333333333333333.5), '3333333333333333.50*1 & 2');
  assert.equal(shownWeight(1e21), '1000000000000000000000.00*1 & 2');
});
