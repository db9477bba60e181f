import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { Api } from './api.ts';
import { externalAt } from './external.ts';
import { serviceOf } from './services.ts';

test('a Service is followed for what is read of it, from one watch of its namespace', async (t) => {
  const fake = await FakeApiServer.start(t);
  const api = Api.of(worldWith({}), { host: '127.0.0.1', port: fake.port });
  const web = { namespace: 'default', service: 'web' };
  const places: unknown[] = [];
  const services: unknown[] = [];
  for (const handle of [
    externalAt(api, web, 'http').states.observe((state) => places.push(state.kind === 'ok' ? state.value : state.kind)),
    serviceOf(api, web).states.observe((state) => services.push(state.kind === 'ok' ? state.value : state.kind)),
  ])
    t.after(() => handle.close());
  const status = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } };
  const spec = { clusterIP: '10.0.0.1', ports: [{ name: 'http', port: 80 }] };
  fake.put('/api/v1/namespaces/default/services/web', { metadata: { uid: 'x', labels: { a: 'b' } }, spec, status });
  await eventually(() => (services.length === 3 || places.at(-1) !== undefined ? true : undefined), 'it is there');
  await eventually(() => (typeof places.at(-1) === 'object' ? true : undefined), 'it has a place');
  assert.deepEqual(places.at(-1), { host: '203.0.113.1', port: 80 });
  assert.deepEqual(services.at(-1), { metadata: { labels: { a: 'b' } }, spec: { ports: spec.ports }, status });
  assert.equal(fake.lists('/services'), 1);
});
