import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Counter, Metrics } from '#core/telemetry/metrics.ts';
import { someEndpoint } from '#test/helpers/endpoints.ts';
import { accrualStats, connectionCounts, failFastGauges, requeueStats, setChanges } from './client-metrics.ts';
import { Budget, defaultBudget } from './router/budget.ts';
import { FailFast } from './router/fail-fast.ts';

test('what is counted has the names of Linkerd, from the beginning', () => {
  const metrics = new Metrics();
  const clock = new ManualClock();
  const counts = connectionCounts(metrics);
  requeueStats(metrics, new Budget(defaultBudget, clock));
  accrualStats(metrics).removals.add();
  setChanges(metrics);
  counts.open = 3;
  counts.cached = 1;
  const flat = flatMetrics(metrics);
  for (const name of ['connects', 'closes', 'retries/requeues', 'retries/not_open', 'loadbalancer/adds'])
    assert.equal(flat[name], 0, name);
  for (const name of ['revivals', 'probes', 'removed_for_ms']) assert.equal(flat[`failure_accrual/${name}`], 0, name);
  assert.equal(flat['failure_accrual/removals'], 1);
  assert.deepEqual([flat['connections'], flat['pool_size'], flat['pool_cached']], [3, 2, 1]);
  assert.equal(flat['retries/budget'], 100);
});

test('fail fast shows what is down', () => {
  const metrics = new Metrics();
  const clock = new ManualClock();
  const failFast = new FailFast({
    clock,
    random: () => 0,
    reach: () => ({ close() {} }),
    markedDead: new Counter(),
    markedAvailable: new Counter(),
  });
  failFastGauges(metrics, failFast);
  failFast.failed(someEndpoint());
  clock.advance(500);
  const flat = flatMetrics(metrics);
  assert.deepEqual(
    ['is_marked_dead', 'unhealthy_for_ms', 'unhealthy_num_tries'].map((name) => flat[`failfast/${name}`]),
    [1, 500, 1],
  );
});
