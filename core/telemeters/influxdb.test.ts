import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telemeter } from '#test/helpers/telemeter.ts';

test('linkerd1: influxdb, statsd, tracelog: influxdb has its lines on the admin port, tagged with its host', async (t) => {
  const { metrics, route, get } = telemeter(t, { kind: 'io.l5d.influxdb' });
  metrics.counter('rt', 'in', 'server', '0.0.0.0/4140', 'requests').add(2);
  assert.equal(route?.path, '/admin/metrics/influxdb');
  assert.equal((await get())?.body, 'rt:server,host=me:9990,rt=in,server=0.0.0.0/4140 requests=2\n');
});
