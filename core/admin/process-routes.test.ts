import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '../telemetry/metrics.ts';
import { processRoutes, prometheusRoute, shutdownRoute } from './process-routes.ts';
import type { AdminRequest, AdminResponse, Route } from './route.ts';

const metrics = new Metrics();
metrics.counter('rt', 'b', 'requests').add(2);
metrics.counter('rt', 'a', 'requests').add(1);

function ask(routes: readonly Route[], url: string, method = 'GET'): AdminResponse | Promise<AdminResponse> {
  const [path = '', query] = url.split('?');
  const request: AdminRequest = { method, path, query: new URLSearchParams(query), headers: {}, text: async () => '' };
  const route = routes.find((r) => r.path === path);
  assert.ok(route !== undefined);
  return route.handle(request);
}

const get = async (url: string): Promise<string> => (await ask(processRoutes(metrics), url)).body;

test('linkerd1: /admin/ping: ping is answered with pong, whatever the method', async () => {
  assert.equal(await get('/admin/ping'), 'pong');
  assert.equal((await ask(processRoutes(metrics), '/admin/ping', 'POST')).body, 'pong');
});

test('linkerd1: /admin/metrics.json: metrics.json is flat, or a tree, and sorted where it is pretty', async () => {
  assert.equal(await get('/admin/metrics.json'), '{"rt/b/requests":2,"rt/a/requests":1}');
  assert.equal(
    await get('/admin/metrics.json?tree=true'),
    '{"rt":{"b":{"requests":{"counter":2}},"a":{"requests":{"counter":1}}}}',
  );
  assert.equal(await get('/admin/metrics.json?pretty=true'), '{\n  "rt/a/requests": 1,\n  "rt/b/requests": 2\n}');
});

test('metrics.json shows one subtree, or says that there is none', async () => {
  assert.equal(await get('/admin/metrics.json?q=rt/a'), '{"rt/a/requests":1}');
  const missing = await ask(processRoutes(metrics), '/admin/metrics.json?q=rt/c');
  assert.deepEqual([missing.status, missing.body], [404, '{"error":"No such subtree: rt/c"}']);
});

test('the Prometheus route has its own path and prefix', async () => {
  const answer = await ask([prometheusRoute(metrics, '/prom', 'x_')], '/prom');
  assert.equal(answer.type, 'text/plain');
  assert.equal(answer.body, 'x_rt:requests{rt="b"} 2\nx_rt:requests{rt="a"} 1\n');
});

test('linkerd1: /admin/shutdown POST: shutdown needs POST, and takes the grace it is given', async () => {
  const asked: (number | undefined)[] = [];
  const routes = [shutdownRoute((graceMs) => asked.push(graceMs))];
  assert.equal((await ask(routes, '/admin/shutdown')).status, 405);
  for (const grace of ['', '?grace=10.seconds', '?grace=1.minute', '?grace=250.milliseconds']) {
    const answer = await ask(routes, `/admin/shutdown${grace}`, 'POST');
    assert.deepEqual([answer.status, answer.body], [200, 'quitting']);
  }
  await new Promise(setImmediate);
  assert.deepEqual(asked, [undefined, 10_000, 60_000, 250]);
});

test('a grace that is no duration is refused and stops nothing', async () => {
  const routes = [shutdownRoute(() => assert.fail('shut down'))];
  assert.throws(() => ask(routes, '/admin/shutdown?grace=soon', 'POST'), /10\.seconds/);
  await new Promise(setImmediate);
});
