import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatMetrics } from './json.ts';
import { Metrics } from './metrics.ts';
import { absorb, type GaugeRule, snapshotOf } from './snapshot.ts';

const rule: GaugeRule = (scopes) => (scopes.at(-1) === 'size' ? 'largest' : 'sum');

function thread(requests: number, latencies: readonly number[], connections: number): Metrics {
  const metrics = new Metrics();
  metrics.counter('rt', 'requests').add(requests);
  for (const ms of latencies) metrics.stat('rt', 'latency').add(ms);
  metrics.gauge(['rt', 'connections'], () => connections);
  metrics.gauge(['rt', 'size'], () => 3);
  return metrics;
}

test('counters, distributions and gauges of threads add up, and what all measure alike stays what it is', () => {
  const all = new Metrics();
  const threads = [thread(2, [1, 100_000], 4), thread(5, [3], 1)];
  for (const each of threads) absorb(all, structuredClone(snapshotOf(each)), rule);
  const flat = flatMetrics(all);
  assert.deepEqual([flat['rt/requests'], flat['rt/connections'], flat['rt/size']], [7, 5, 3]);
  const one = new Metrics();
  for (const ms of [1, 100_000, 3]) one.stat('rt', 'latency').add(ms);
  const latencies = (flatten: Record<string, number>) =>
    Object.entries(flatten).filter(([name]) => name.startsWith('rt/latency'));
  assert.deepEqual(latencies(flat), latencies(flatMetrics(one)));
});

test('of a thread that is gone its counts stay, and its gauges do not', () => {
  const all = new Metrics();
  absorb(all, snapshotOf(thread(2, [7], 4)));
  const flat = flatMetrics(all);
  assert.deepEqual([flat['rt/requests'], flat['rt/latency.sum'], flat['rt/connections']], [2, 7, undefined]);
});

test('what has left the window is in the sums and not in the percentiles', () => {
  const metrics = thread(0, [5], 0);
  const { histogram } = metrics.stat('rt', 'latency');
  histogram.roll();
  histogram.roll();
  const all = new Metrics();
  absorb(all, snapshotOf(metrics), rule);
  assert.equal(all.stat('rt', 'latency').histogram.sum, 5);
  assert.equal(all.stat('rt', 'latency').histogram.window([0.5]), undefined);
});
