import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatMetrics } from './json.ts';
import { Metrics } from './metrics.ts';

test('the same name is the same counter, under any scope it is reached by', () => {
  const metrics = new Metrics();
  const counter = metrics.counter('rt', 'http', 'requests');
  assert.equal(metrics.scope('rt').scope('http').counter('requests'), counter);
  counter.add();
  counter.add(2);
  assert.equal(counter.value, 3);
});

test('a scope with a slash is one scope', () => {
  const metrics = new Metrics();
  metrics.counter('server', '0.0.0.0/4140', 'requests');
  assert.equal(metrics.scope('server').children.size, 1);
  assert.notEqual(metrics.scope('server', '0.0.0.0/4140'), metrics.scope('server', '0.0.0.0', '4140'));
});

test('a metric may have metrics below it', () => {
  const metrics = new Metrics();
  metrics.counter('failures').add(2);
  metrics.counter('failures', 'a.B').add(1);
  assert.deepEqual(flatMetrics(metrics), { failures: 2, 'failures/a.B': 1 });
});

test('of two gauges with one name the later is read, when it is asked for', () => {
  const metrics = new Metrics();
  let size = 1;
  metrics.gauge(['size'], () => -1);
  metrics.gauge(['size'], () => size);
  size = 7;
  assert.deepEqual(flatMetrics(metrics), { size: 7 });
});

test('removing a scope removes all below it and nothing else', () => {
  const metrics = new Metrics();
  metrics.counter('client', 'a', 'requests');
  metrics.counter('client', 'b', 'requests');
  metrics.remove('client', 'a');
  metrics.remove('client', 'never-there', 'x');
  assert.deepEqual(Object.keys(flatMetrics(metrics)), ['client/b/requests']);
});
