import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telemeter } from '#test/helpers/telemeter.ts';

test('linkerd1: prometheus telemeter, labels rt/server/service/client, path and prefix', async (t) => {
  const { metrics, route, get } = telemeter(t, { kind: 'io.l5d.prometheus', path: '/prom', prefix: 'x_' });
  metrics.counter('rt', 'in', 'client', '#/web', 'service', 'svc/web', 'requests').add(2);
  assert.equal(route?.path, '/prom');
  assert.equal((await get())?.body, 'x_rt:client:service:requests{rt="in", client="#/web", service="svc/web"} 2\n');
});

test('without a path it stands where Linkerd has it', (t) => {
  assert.equal(telemeter(t, { kind: 'io.l5d.prometheus' }).route?.path, '/admin/metrics/prometheus');
});
