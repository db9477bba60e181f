import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Histogram } from './histogram.ts';

const exact = [0.5, 0.9, 0.99, 1];

test('values below 256 are read back exactly', () => {
  const histogram = new Histogram();
  for (let v = 1; v <= 200; v++) histogram.add(v);
  assert.deepEqual(histogram.window(exact), {
    count: 200,
    min: 1,
    max: 200,
    average: 100.5,
    quantiles: [100, 180, 198, 200],
  });
});

test('every value is read back at most half a percent off', () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (value) => {
      const histogram = new Histogram();
      histogram.add(value);
      const read = histogram.window([0.5])?.quantiles[0];
      assert.ok(read !== undefined && Math.abs(read - value) <= value * 0.005, `${value} is read as ${read}`);
    }),
  ));

test('quantiles are those of the sorted values, half a percent off at most', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 300 }), (values) => {
      const histogram = new Histogram();
      for (const v of values) histogram.add(v);
      const quantiles = [0, 0.25, 0.5, 0.95, 1];
      const sorted = [...values].sort((a, b) => a - b);
      const window = histogram.window(quantiles);
      assert.ok(window !== undefined);
      quantiles.forEach((q, i) => {
        const want = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
        const got = window.quantiles[i] ?? -1;
        assert.ok(Math.abs(got - want) <= want * 0.005, `quantile ${q}: ${got} instead of ${want}`);
      });
    }),
  ));

test('odd values do no harm: fractions are cut off, negative ones are 0, enormous ones the largest there is', () => {
  const histogram = new Histogram();
  for (const v of [-3, 2.9, 1e12]) histogram.add(v);
  const window = histogram.window([0, 0.5, 1]);
  assert.equal(window?.min, 0);
  assert.equal(window?.quantiles[1], 2);
  assert.ok(window.max > 2e9);
  assert.equal(histogram.sum, 2 + 0x7fffffff);
});

test('count and sum never go back, the window forgets what is two rolls old', () => {
  const histogram = new Histogram();
  histogram.add(10);
  histogram.roll();
  histogram.add(20);
  assert.deepEqual(histogram.window([1]), { count: 2, min: 10, max: 20, average: 15, quantiles: [20] });
  histogram.roll();
  assert.deepEqual(histogram.window([1]), { count: 1, min: 20, max: 20, average: 20, quantiles: [20] });
  histogram.roll();
  assert.equal(histogram.window([1]), undefined);
  assert.equal(histogram.count, 2);
  assert.equal(histogram.sum, 30);
});

test('a large value after a roll does not disturb the smaller counts before it', () => {
  const histogram = new Histogram();
  histogram.add(3);
  histogram.roll();
  histogram.add(5_000_000);
  const window = histogram.window([0.5, 1]);
  assert.equal(window?.quantiles[0], 3);
  assert.ok(Math.abs((window?.quantiles[1] ?? 0) - 5_000_000) < 25_000);
});

test('how often each value was added is known from the start, whatever the window forgets', () => {
  const histogram = new Histogram();
  for (const value of [1, 1, 300]) histogram.add(value);
  const first = histogram.counts();
  assert.deepEqual(
    [...first],
    [
      [1, 2],
      [300, 1],
    ],
  );
  for (let i = 0; i < 4; i++) {
    histogram.roll();
    histogram.add(1);
  }
  assert.equal(histogram.counts().get(1), 6);
  assert.equal(first.get(1), 2, 'what was given does not change');
});
