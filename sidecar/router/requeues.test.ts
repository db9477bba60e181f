import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { Counter, Stat } from '../../core/telemetry/metrics.ts';
import { Budget, type BudgetConfig } from './budget.ts';
import type { FailureKind } from './errors.ts';
import { Requeues } from './requeues.ts';

function bench(config: Partial<BudgetConfig> = {}) {
  const clock = new ManualClock();
  const budget = new Budget({ minRetriesPerSec: 10, percentCanRetry: 0.2, ttlSecs: 10, ...config }, clock);
  const stats = {
    requeues: new Counter(),
    budgetExhausted: new Counter(),
    requestLimit: new Counter(),
    cannotRetry: new Counter(),
    notOpen: new Counter(),
    perRequest: new Stat(),
  };
  const requeues = new Requeues(budget, stats);
  const times = (kind: FailureKind, { open = true, ...request }: CallOptions & { readonly open?: boolean } = {}) => {
    const { x } = call({ clock, ...request });
    let n = 0;
    while (requeues.again(x, kind, () => open)) n += 1;
    return n;
  };
  const counts = () =>
    [stats.notOpen, stats.cannotRetry, stats.requestLimit, stats.budgetExhausted].map((c) => c.value);
  return { clock, budget, stats, requeues, times, counts };
}

test('linkerd1: requeues and requeueBudget: connections that fail are tried 25 times more, for nothing', () => {
  const { budget, counts, stats, times } = bench({ minRetriesPerSec: 0, percentCanRetry: 0 });
  assert.equal(times('connect'), 25);
  assert.equal(times('markedDown', { method: 'POST', streamed: -1 }), 25);
  assert.deepEqual([stats.requeues.value, budget.balance, ...counts()], [50, 0, 0, 0, 0, 0]);
});

test('nothing goes again while no endpoint is open', () => {
  const { counts, times } = bench();
  for (const kind of ['connect', 'nacked', 'stale'] as const) assert.equal(times(kind, { open: false }), 0);
  assert.deepEqual(counts(), [3, 0, 0, 0]);
});

test('one request takes a fifth of the budget at most', () => {
  const { budget, counts, times } = bench();
  assert.equal(times('nacked'), 17);
  assert.deepEqual([budget.balance, ...counts()], [83, 0, 0, 1, 0]);
});

test('what cannot be sent again whole does not go again', () => {
  const { counts, times } = bench();
  assert.equal(times('nacked', { streamed: 10 }), 0);
  assert.equal(times('stale', { method: 'POST' }), 0);
  assert.deepEqual(counts(), [0, 2, 0, 0]);
});

test('an answer pays into the budget, a failure does not', () => {
  const { budget, clock, requeues } = bench({ minRetriesPerSec: 0, percentCanRetry: 1 });
  const { x } = call({ clock });
  requeues.done(x);
  assert.equal(budget.balance, 1);
  x.refuse('reset', 'gone');
  requeues.done(x);
  assert.equal(budget.balance, 1);
});

test('other failures never go again, and count nowhere', () => {
  const { counts, times } = bench();
  for (const kind of ['reset', 'attemptTimeout', 'tooManyWaiters', 'overload'] as const) assert.equal(times(kind), 0);
  assert.deepEqual(counts(), [0, 0, 0, 0]);
});
