import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { boundName } from '#core/naming/name.ts';
import { Path } from '#core/naming/path.ts';
import { Activity } from '#core/reactive/activity.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { BindingCaches } from './binding-caches.ts';

test('linkerd1: binding timeout and caches: each of the four has its own limit and counts', () => {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const config = { paths: 1, trees: 2, bounds: 3, clients: 0, idleTtlSecs: 60 };
  let closed = 0;
  const caches = new BindingCaches(
    config,
    () => ({ service: { send() {} }, usedAt: clock.now(), close: () => (closed += 1) }),
    { clock, metrics },
  );
  const flat = flatMetrics(metrics);
  for (const cache of ['path', 'tree', 'bound', 'client'])
    for (const name of ['misses', 'evicts', 'expires', 'oneshots', 'idle']) assert.equal(flat[`${cache}/${name}`], 0);
  const loan = caches.clients.borrow(boundName(Path.read('/#/a'), Path.empty, Activity.pending));
  loan.close();
  assert.deepEqual([closed, metrics.counter('client', 'oneshots').value], [1, 1]);
  caches.close();
});
