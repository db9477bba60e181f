import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { endpoints, type Manifest, pathOf, slice } from '#test/helpers/kube-objects.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { k8sNamer } from './k8s.ts';

async function start(t: TestContext, config: object = {}): Promise<{ fake: FakeApiServer; namer: Namer }> {
  const fake = await FakeApiServer.start(t);
  const parsed = k8sNamer.schema.parse({ kind: 'io.l5d.k8s', host: '127.0.0.1', port: fake.port, ...config });
  return { fake, namer: k8sNamer.make(parsed, worldWith({})) };
}

const put = (fake: FakeApiServer, object: Manifest): void => fake.put(pathOf(object), object);

/** What a path is bound to now: `id residual`, or the kind of the tree. */
function bound(t: TestContext, namer: Namer, path: string) {
  const seen: string[] = [];
  const handle = namer.lookup(Path.read(path)).states.observe((state) => {
    if (state.kind !== 'ok') seen.push(state.kind);
    else if (state.value.kind !== 'leaf' || state.value.value.kind !== 'bound') seen.push(state.value.kind);
    else seen.push(`${state.value.value.id.show} ${state.value.value.residual.show}`);
  });
  t.after(() => handle.close());
  return {
    seen,
    until: (text: string) => eventually(() => (seen.at(-1) === text ? true : undefined), `it is bound to ${text}`),
  };
}

test('the id has what names the service, in lower case; the rest is residual', async (t) => {
  const { fake, namer } = await start(t);
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.1' }]));
  await bound(t, namer, '/Default/HTTP/Web').until('/#/io.l5d.k8s/default/http/web /');
  await bound(t, namer, '/default/http/web/And/More').until('/#/io.l5d.k8s/default/http/web /And/More');
});

test('a prefix stands in the place of the kind', async (t) => {
  const { fake, namer } = await start(t, { prefix: '/my/k8s' });
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.1' }]));
  assert.equal(namer.prefix.show, '/my/k8s');
  await bound(t, namer, '/default/http/web').until('/#/my/k8s/default/http/web /');
});

test('the tree changes with existence alone; replicas change the addresses', async (t) => {
  const { fake, namer } = await start(t);
  const tree = bound(t, namer, '/default/http/web');
  const addresses = new Observed(t, namer, '/default/http/web');
  await tree.until('neg');
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.1' }]));
  await addresses.until('10.0.0.1:8080');
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]));
  await addresses.until('10.0.0.1:8080 10.0.0.2:8080');
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.1', ready: false }]));
  await addresses.until('none');
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.3' }], { http: 9000 }));
  await addresses.until('10.0.0.3:9000');
  assert.deepEqual(tree.seen, ['pending', 'neg', '/#/io.l5d.k8s/default/http/web /']);
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.3' }], { grpc: 9000 }));
  await tree.until('neg');
});

test('names that Kubernetes cannot have are neg, and nobody is asked', async (t) => {
  const { fake, namer } = await start(t);
  for (const path of [
    '/default/http',
    '/default',
    '/',
    '/default/http/-web',
    '/default/http/web_1',
    '/de\\x2ffault/http/web',
    '/default/http/\\x2e\\x2e',
    `/default/http/${'a'.repeat(254)}`,
  ]) {
    assert.deepEqual(bound(t, namer, path).seen, ['neg'], path);
  }
  assert.deepEqual(fake.requests, []);
});

test('with a label selector the name ends with the value, without which it is neg', async (t) => {
  const { fake, namer } = await start(t, { labelSelector: 'version' });
  const web = slice('web', 'web-1', [{ ip: '10.0.0.1' }]);
  const labels = { ...(web.metadata['labels'] as object), version: 'v1' };
  fake.put(pathOf(web), { ...web, metadata: { ...web.metadata, labels } });
  await bound(t, namer, '/default/http/web/V1/rest').until('/#/io.l5d.k8s/default/http/web/v1 /rest');
  await bound(t, namer, '/default/http/web/v2').until('neg');
  assert.deepEqual(bound(t, namer, '/default/http/web').seen, ['neg']);
  assert.deepEqual(bound(t, namer, '/default/http/web/a\\x2cb').seen, ['neg']);
});

test('names bound twice are bound to the same addresses', async (t) => {
  const { fake, namer } = await start(t);
  put(fake, slice('web', 'web-1', [{ ip: '10.0.0.1' }]));
  const found: unknown[] = [];
  for (const path of ['/default/http/web', '/default/http/WEB/x']) {
    const handle = namer.lookup(Path.read(path)).states.observe((state) => {
      if (state.kind === 'ok' && state.value.kind === 'leaf' && state.value.value.kind === 'bound') {
        found.push(state.value.value.addr);
      }
    });
    t.after(() => handle.close());
    await eventually(() => (found.length > 0 ? true : undefined), 'it is bound');
  }
  assert.equal(found.length, 2);
  assert.equal(found[0], found[1]);
});

test('an API that knows Endpoints alone will do', async (t) => {
  const { fake, namer } = await start(t);
  fake.servesSlices = false;
  const web = new Observed(t, namer, '/default/http/web');
  await web.until('neg');
  put(fake, endpoints('web', ['10.0.0.1'], 8080));
  await web.until('10.0.0.1:8080');
  fake.end('reset');
  fake.delete('/api/v1/namespaces/default/endpoints/web');
  await web.until('neg');
});

test('without the right to read, the name fails with the reason', async (t) => {
  const { fake, namer } = await start(t);
  fake.refusing.set('/namespaces/', 403);
  const web = new Observed(t, namer, '/default/http/web');
  await eventually(() => (/^failed: Kubernetes API answered 403/.test(web.now) ? true : undefined), 'it fails');
});
