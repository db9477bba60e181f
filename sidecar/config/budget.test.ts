import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultBudget } from '../router/budget.ts';
import { budget } from './budget.ts';

test('a budget is that of Linkerd unless told otherwise', () => {
  assert.deepEqual(defaultBudget, { minRetriesPerSec: 10, percentCanRetry: 0.2, ttlSecs: 10 });
  assert.deepEqual(budget.parse({ percentCanRetry: 0.5 }), { ...defaultBudget, percentCanRetry: 0.5 });
});
