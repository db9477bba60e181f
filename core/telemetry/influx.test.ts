import assert from 'node:assert/strict';
import { test } from 'node:test';
import { influxText } from './influx.ts';
import { Metrics } from './metrics.ts';

test('a scope is a line, with the metrics directly below it as fields and sorted tags', () => {
  const metrics = new Metrics();
  metrics.counter('rt', 'http', 'server', '0.0.0.0/4140', 'requests').add(2);
  metrics.counter('rt', 'http', 'server', '0.0.0.0/4140', 'success').add(1);
  metrics.gauge(['rt', 'http', 'server', '0.0.0.0/4140', 'connections'], () => 1.5);
  metrics.gauge(['uptime-s'], () => 7);
  assert.equal(
    influxText(metrics, 'me:9990'),
    'root,host=me:9990 uptime_s=7\nrt:server,host=me:9990,rt=http,server=0.0.0.0/4140 connections=1.5,requests=2,success=1\n',
  );
});

test('a distribution is many fields, or its count alone', () => {
  const metrics = new Metrics();
  const stat = metrics.stat('a', 'ms');
  assert.equal(influxText(metrics, 'h'), 'a,host=h ms_count=0\n');
  for (const value of [1, 2, 3]) stat.add(value);
  assert.equal(
    influxText(metrics, 'h'),
    'a,host=h ms_avg=2,ms_count=3,ms_max=3,ms_min=1,ms_p50=2,ms_p90=3,ms_p95=3,ms_p99=3,ms_p999=3,ms_p9999=3,ms_sum=6\n',
  );
});

test('nothing in a value can end its tag or the line, and what is no number is left out', () => {
  const metrics = new Metrics();
  metrics.counter('rt', 'a b,c=d\n', 'x').add(1);
  metrics.gauge(['nan', 'x'], () => Number.NaN);
  assert.equal(influxText(metrics, 'h'), 'rt,host=h,rt=a\\ b\\,c\\=d_ x=1\n');
});
