import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatMetrics, metricsTree, subtree } from './json.ts';
import { Metrics } from './metrics.ts';

function sample(): Metrics {
  const metrics = new Metrics();
  const client = metrics.scope('rt', 'http', 'client', '#/io.l5d.fs/web');
  client.counter('requests').add(3);
  client.counter('failures').add(2);
  client.counter('failures', 'a.B').add(2);
  client.gauge(['loadbalancer', 'size'], () => 1.5);
  client.stat('request_latency_ms').add(7);
  metrics.stat('idle');
  return metrics;
}

test('the flat form joins scopes with slashes and spells distributions out', () => {
  assert.deepEqual(flatMetrics(sample()), {
    'rt/http/client/#/io.l5d.fs/web/requests': 3,
    'rt/http/client/#/io.l5d.fs/web/failures': 2,
    'rt/http/client/#/io.l5d.fs/web/failures/a.B': 2,
    'rt/http/client/#/io.l5d.fs/web/loadbalancer/size': 1.5,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.count': 1,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.sum': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.min': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.max': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.avg': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.p50': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.p90': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.p95': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.p99': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.p9990': 7,
    'rt/http/client/#/io.l5d.fs/web/request_latency_ms.p9999': 7,
    'idle.count': 0,
  });
});

test('a distribution without recent values keeps its count and sum', () => {
  const metrics = new Metrics();
  const stat = metrics.stat('s');
  stat.add(5);
  stat.histogram.roll();
  stat.histogram.roll();
  assert.deepEqual(flatMetrics(metrics), { 's.count': 1, 's.sum': 5 });
});

test('the tree form has a level for each scope, a metric beside its children', () => {
  const web = subtree(sample(), 'rt/http/client');
  assert.ok(web !== undefined);
  assert.deepEqual(metricsTree(web)['#/io.l5d.fs/web'], {
    requests: { counter: 3 },
    failures: { counter: 2, 'a.B': { counter: 2 } },
    loadbalancer: { size: { gauge: 1.5 } },
    request_latency_ms: {
      'stat.count': 1,
      'stat.sum': 7,
      'stat.min': 7,
      'stat.max': 7,
      'stat.avg': 7,
      'stat.p50': 7,
      'stat.p90': 7,
      'stat.p95': 7,
      'stat.p99': 7,
      'stat.p9990': 7,
      'stat.p9999': 7,
    },
  });
});

test('a subtree is found by its name, through scopes that contain slashes', () => {
  const metrics = sample();
  assert.equal(
    subtree(metrics, 'rt/http/client/#/io.l5d.fs/web'),
    metrics.scope('rt', 'http', 'client', '#/io.l5d.fs/web'),
  );
  assert.equal(subtree(metrics, ''), metrics);
  assert.equal(subtree(metrics, 'rt/http/client/#/io.l5d.fs/we'), undefined);
  assert.equal(subtree(metrics, 'rt/nope'), undefined);
});
