import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { linkers, mesh, podOf } from '#test/inject/scene.ts';
import { InjectorMetrics } from './metrics.ts';
import { NamespaceSnapshot, readNamespace } from './namespaces.ts';
import type { AdmissionReview } from './review.ts';
import { type RoutesOptions, routes } from './routes.ts';

async function served(t: TestContext, change: Partial<RoutesOptions> = {}) {
  const namespaces = new NamespaceSnapshot(systemClock);
  namespaces.set(
    new Map([
      ['shop', readNamespace({ metadata: { name: 'shop', labels: { 'heddle.io/inject': 'enabled' } } })],
      ['quiet', readNamespace({ metadata: { name: 'quiet' } })],
    ]),
  );
  const log = recordingLog();
  const metrics = new InjectorMetrics();
  const knowledge = () => ({ mesh, linkers });
  const missing = () => [];
  const app = routes({
    knowledge,
    namespaces,
    missing,
    draining: () => false,
    metrics,
    log,
    clock: systemClock,
    ...change,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, body: string): Promise<Response> => fetch(`${url}${path}`, { method: 'POST', body });
  return { log, metrics, namespaces, post, get: (path: string) => fetch(`${url}${path}`) };
}

const review = (namespace: string, object: object = podOf()): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u', kind: { group: '', version: 'v1', kind: 'Pod' }, operation: 'CREATE', namespace, object },
  });

const reason = async (response: Response): Promise<string | undefined> =>
  ((await response.json()) as AdmissionReview).response.auditAnnotations?.['reason'];

test('a review is answered, counted and logged', async (t) => {
  const { post, log, metrics } = await served(t);
  const response = await post('/mutate?timeout=3s', review('shop'));
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(response.headers.get('x-powered-by'), null);
  assert.equal(await reason(response), 'injected');
  assert.match(metrics.text(), /reason="injected",mode="sidecar",dry_run="false"} 1/);
  const [{ ms, patchBytes, ...fields }] = log.lines.map((line) => line.fields) as [{ ms: number; patchBytes: number }];
  assert.deepEqual(fields, { namespace: 'shop', reason: 'injected', detail: '', mode: 'sidecar', dryRun: false });
  assert.ok(ms >= 0 && patchBytes > 0);
});

test('what the API server has seen of a namespace counts more than what we have', async (t) => {
  const { post } = await served(t);
  assert.equal(await reason(await post('/mutate', review('quiet'))), 'not-enabled');
  assert.equal(await reason(await post('/mutate/namespace', review('quiet'))), 'injected');
  assert.equal(await reason(await post('/mutate/namespace', review('kube-system'))), 'system-namespace');
});

test('a namespace made just now is waited for, so that its mode is not missed', async (t) => {
  const { post, namespaces } = await served(t);
  const answered = post('/mutate/namespace', review('new'));
  setTimeout(() => {
    const annotations = { 'heddle.io/mode': 'none' };
    namespaces.set(new Map([['new', readNamespace({ metadata: { name: 'new', annotations } })]]));
  }, 50);
  assert.equal(await reason(await answered), 'mode-none');
});

for (const [what, body, status, why] of [
  ['no JSON', '{', 400, 'bad-request'],
  ['an empty body', '', 400, 'bad-request'],
  ['no review', '{}', 400, 'bad-request'],
  ['a malformed pod', review('shop', { spec: { containers: 'x' } }), 400, 'bad-request'],
  ['more than 7 MB', review('shop', { spec: { x: 'y'.repeat(7 * 1024 * 1024) } }), 413, 'too-large'],
] as const) {
  test(`${what}: ${status}`, async (t) => {
    const { post, metrics } = await served(t);
    const response = await post('/mutate', body);
    assert.equal(response.status, status);
    assert.match(metrics.text(), new RegExp(`result="refused",reason="${why}".*} 1`));
  });
}

test('a pod of 3 MB, the most that the API server takes, is answered', async (t) => {
  const { post } = await served(t);
  const env = Array.from({ length: 3000 }, (_, i) => ({ name: `V${i}`, value: 'x'.repeat(1000) }));
  assert.equal(
    await reason(await post('/mutate', review('shop', podOf({ containers: [{ name: 'app', env }] })))),
    'injected',
  );
});

test('our own fault is a 500 that tells no details, so that failurePolicy decides', async (t) => {
  const knowledge = () => {
    throw new Error('secret detail');
  };
  const { post, log, metrics } = await served(t, { knowledge });
  const response = await post('/mutate', review('shop'));
  assert.equal(response.status, 500);
  assert.equal(await response.text(), 'internal error\n');
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, (fields as { err: string }).err]),
    [['error', 'Error: secret detail']],
  );
  assert.match(metrics.text(), /reason="error"/);
});

test('alive at once, ready when nothing is missing and not while draining', async (t) => {
  let missing: string[] = ['namespaces', 'self-check: x'];
  let draining = false;
  const { get, post } = await served(t, { missing: () => missing, draining: () => draining });
  const ready = async () => {
    const response = await get('/readyz');
    return [response.status, await response.text()];
  };
  assert.equal((await get('/healthz')).status, 200);
  assert.deepEqual(await ready(), [503, 'namespaces\nself-check: x\n']);
  missing = [];
  assert.deepEqual(await ready(), [200, 'ok\n']);
  assert.equal((await post('/mutate', review('shop'))).headers.get('connection'), 'keep-alive');
  draining = true;
  assert.deepEqual(await ready(), [503, 'draining\n']);
  assert.equal((await get('/healthz')).status, 200);
  const last = await post('/mutate', review('shop'));
  assert.deepEqual([last.status, last.headers.get('connection')], [200, 'close']);
});

test('metrics are Prometheus text; other paths and methods are not there', async (t) => {
  const { get } = await served(t);
  const metrics = await get('/metrics');
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.deepEqual([(await get('/')).status, (await get('/mutate')).status], [404, 404]);
});
