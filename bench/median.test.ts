import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from './median.ts';

test('the median of an odd and of an even number of values', () => {
  assert.equal(median([3, 1, 100]), 3);
  assert.equal(median([4, 1, 100, 2]), 3);
});

test('values are compared as numbers and left in their order', () => {
  const values = [10, 9, 100];
  assert.equal(median(values), 10);
  assert.deepEqual(values, [10, 9, 100]);
});

test('no values have no median', () => {
  assert.ok(Number.isNaN(median([])));
});
