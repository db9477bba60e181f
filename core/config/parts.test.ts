import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Remark } from './load.ts';
import { makeEach, makePart, PartsError, tryPart } from './parts.ts';

const half = (n: number): number => {
  if (n % 2 === 1) throw new Error(`${n} is odd`);
  return n / 2;
};

test('each section makes its part', () => {
  assert.deepEqual(makeEach(['all'], [2, 4], half), [1, 2]);
  assert.equal(
    makePart(['one'], () => half(8)),
    4,
  );
});

test('all that goes wrong is told at once, by the path from the outermost part', () => {
  const make = (): unknown => makePart(['outer', 2], () => makeEach(['inner'], [1, 2, 3], half));
  assert.throws(make, (error) => {
    assert.ok(error instanceof PartsError);
    assert.deepEqual(error.problems, [
      { path: ['outer', 2, 'inner', 0], text: '1 is odd' },
      { path: ['outer', 2, 'inner', 2], text: '3 is odd' },
    ]);
    assert.equal(error.message, 'outer.2.inner.0: 1 is odd\nouter.2.inner.2: 3 is odd');
    return true;
  });
});

test('whatever is thrown has words', () => {
  const problems: Remark[] = [];
  const make = (): number => {
    throw 'no';
  };
  assert.equal(tryPart(['a'], make, problems), undefined);
  assert.equal(
    tryPart(['b'], () => 1, problems),
    1,
  );
  assert.deepEqual(problems, [{ path: ['a'], text: 'no' }]);
});
