import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ema } from './ema.ts';

test('the first value is the average, and one window later a new one weighs 1 - 1/e', () => {
  const ema = new Ema(10);
  assert.equal(ema.update(5, 1), 1);
  assert.ok(Math.abs(ema.update(15, 0) - 1 / Math.E) < 1e-12);
  ema.reset();
  assert.equal(ema.update(0, 0.5), 0.5);
});

test('the average lies between the values', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 100 }), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 1000 }), (all, window) => {
      const ema = new Ema(window);
      const values = all.map(([, value]) => value);
      let stamp = 0;
      for (const [step, value] of all) {
        stamp += step;
        const average = ema.update(stamp, value);
        assert.ok(average >= Math.min(...values) - 1e-9 && average <= Math.max(...values) + 1e-9);
      }
    }),
  );
});
