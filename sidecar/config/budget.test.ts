import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultBudget } from '../router/budget.ts';
import { budget, inRange } from './budget.ts';

test('a budget is that of Linkerd unless told otherwise', () => {
  assert.deepEqual(defaultBudget, { minRetriesPerSec: 10, percentCanRetry: 0.2, ttlSecs: 10 });
  assert.deepEqual(budget.parse({ percentCanRetry: 0.5 }), { ...defaultBudget, percentCanRetry: 0.5 });
});

test('every figure is brought to the nearest that means something', () => {
  const figures = fc.record({
    minRetriesPerSec: fc.integer(),
    percentCanRetry: fc.float({ noNaN: true }),
    ttlSecs: fc.integer(),
  });
  fc.assert(
    fc.property(figures, (config) => {
      const { minRetriesPerSec, percentCanRetry, ttlSecs } = inRange(config);
      assert.ok(minRetriesPerSec >= 0 && percentCanRetry >= 0 && ttlSecs >= 1 && ttlSecs <= 60);
      assert.deepEqual(inRange({ minRetriesPerSec, percentCanRetry, ttlSecs }), {
        minRetriesPerSec,
        percentCanRetry,
        ttlSecs,
      });
      if (config.ttlSecs >= 1 && config.ttlSecs <= 60) assert.equal(ttlSecs, config.ttlSecs);
    }),
  );
});
