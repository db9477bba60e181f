import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from './metrics.ts';
import { prometheusText } from './prometheus.ts';

const lines = (metrics: Metrics, prefix = ''): string[] => prometheusText(metrics, prefix).split('\n').slice(0, -1);

test('routers, servers, services and clients become labels, as Linkerd has them', () => {
  const metrics = new Metrics();
  const router = metrics.scope('rt', 'outgoing');
  router.counter('server', '0.0.0.0/4140', 'requests').add(12);
  router.counter('service', 'svc/web', 'retries', 'total').add(1);
  router.counter('client', '#/io.l5d.fs/web', 'success').add(11);
  router.counter('client', '#/io.l5d.fs/web', 'status', '4XX').add(1);
  router.counter('client', '#/io.l5d.fs/web', 'service', 'svc/web', 'requests').add(12);
  router.counter('bindcache', 'path', 'misses').add(2);
  assert.deepEqual(lines(metrics), [
    'rt:server:requests{rt="outgoing", server="0.0.0.0/4140"} 12',
    'rt:service:retries:total{rt="outgoing", service="svc/web"} 1',
    'rt:client:success{rt="outgoing", client="#/io.l5d.fs/web"} 11',
    'rt:client:status:4XX{rt="outgoing", client="#/io.l5d.fs/web"} 1',
    'rt:client:service:requests{rt="outgoing", client="#/io.l5d.fs/web", service="svc/web"} 12',
    'rt:bindcache:path:misses{rt="outgoing"} 2',
  ]);
});

test('classes of failures become the exception label, nested ones joined by colons', () => {
  const metrics = new Metrics();
  const client = metrics.scope('rt', 'http', 'client', '$/inet/a/80');
  client.counter('failures').add(2);
  client.counter('failures', 'com.twitter.finagle.ChannelWriteException', 'java.net.ConnectException').add(2);
  client.counter('exn', 'a.B').add(1);
  client.counter('service', 'svc/a', 'failures', 'restartable', 'a.B').add(1);
  client.counter('service_creation', 'failures', 'a.B').add(1);
  const at = 'rt="http", client="$/inet/a/80"';
  assert.deepEqual(lines(metrics), [
    `rt:client:failures{${at}} 2`,
    `rt:client:failures{${at}, exception="com.twitter.finagle.ChannelWriteException:java.net.ConnectException"} 2`,
    `rt:client:exceptions{${at}, exception="a.B"} 1`,
    `rt:client:service:failures{${at}, service="svc/a", exception="restartable:a.B"} 1`,
    `rt:client:service_creation:failures:a_B{${at}} 1`,
  ]);
});

test('gauges are written as floating-point numbers, under the prefix that is set', () => {
  const metrics = new Metrics();
  metrics.gauge(['jvm', 'uptime'], () => 83211);
  metrics.gauge(['jvm', 'load'], () => 0.25);
  assert.deepEqual(lines(metrics, 'l5d_'), ['l5d_jvm:uptime 83211.0', 'l5d_jvm:load 0.25']);
});

test('a distribution gives counts since the start and quantiles of the last minutes', () => {
  const metrics = new Metrics();
  const latency = metrics.stat('rt', 'a', 'server', 's', 'request_latency_ms');
  assert.deepEqual(lines(metrics), []);
  for (let ms = 1; ms <= 100; ms++) latency.add(ms);
  const at = 'rt="a", server="s"';
  const name = 'rt:server:request_latency_ms';
  const counts = [`${name}_count{${at}} 100`, `${name}_sum{${at}} 5050`];
  assert.deepEqual(lines(metrics), [
    ...counts,
    `${name}_avg{${at}} 50.5`,
    `${name}{${at}, quantile="0"} 1`,
    `${name}{${at}, quantile="0.5"} 50`,
    `${name}{${at}, quantile="0.9"} 90`,
    `${name}{${at}, quantile="0.95"} 95`,
    `${name}{${at}, quantile="0.99"} 99`,
    `${name}{${at}, quantile="0.999"} 100`,
    `${name}{${at}, quantile="0.9999"} 100`,
    `${name}{${at}, quantile="1"} 100`,
  ]);
  latency.histogram.roll();
  latency.histogram.roll();
  assert.deepEqual(lines(metrics), counts);
});

test('label values are escaped so that Prometheus reads them back', () => {
  const metrics = new Metrics();
  metrics.counter('rt', 'a"b\\c\nd', 'x').add(1);
  assert.deepEqual(lines(metrics), ['rt:x{rt="a\\"b\\\\c\\nd"} 1']);
});
