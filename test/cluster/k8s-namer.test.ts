import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { ApiClient } from '#core/k8s/client.ts';
import { findApi } from '#core/k8s/config.ts';
import { collection } from '#core/k8s/resource.ts';
import { watch } from '#core/k8s/watch.ts';
import { k8sNamer } from '#core/namers/k8s.ts';
import type { Namer } from '#core/naming/namer.ts';
import type { World } from '#core/world.ts';
import { endpoints, service, slice } from '#test/helpers/kube-objects.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';
import { ApiServer } from './api-server.ts';
import { apply, grant, remove } from './objects.ts';

let api: ApiServer;
/** Of a service account with what a linker needs. */
let asLinker: World['env'];

before(async () => {
  api = await ApiServer.start();
  asLinker = { KUBECONFIG: await api.kubeconfigFor('mesh', 'linker') };
  const account = { kind: 'ServiceAccount', name: 'linker', namespace: 'mesh' } as const;
  await grant(api, 'linker', account, 'services', 'endpoints', 'pods', 'discovery.k8s.io/endpointslices');
});
after(() => api?.stop());

const namer = (world: World, config: object = {}): Namer => k8sNamer.make({ kind: 'io.l5d.k8s', ...config }, world);

test('endpoint slices are followed through additions, readiness and removals', async (t) => {
  const web = new Observed(t, namer(worldWith(asLinker)), '/default/http/web');
  await web.until('neg');
  await apply(api, slice('web', 'web-1', [{ ip: '10.1.0.1' }, { ip: '10.1.0.2', ready: false }]));
  await web.until('10.1.0.1:8080');
  await apply(api, slice('web', 'web-1', [{ ip: '10.1.0.1' }, { ip: '10.1.0.2' }]));
  await web.until('10.1.0.1:8080 10.1.0.2:8080');
  await apply(api, slice('web', 'web-2', [{ ip: '10.1.0.3' }], { http: 9090 }));
  await web.until('10.1.0.1:8080 10.1.0.2:8080 10.1.0.3:9090');
  await remove(api, slice('web', 'web-1', []));
  await web.until('10.1.0.3:9090');
  await apply(api, slice('web', 'web-2', [{ ip: '10.1.0.3', ready: false }], { http: 9090 }));
  await web.until('none');
  await remove(api, slice('web', 'web-2', []));
  await web.until('neg');
  assert.ok(!web.history.slice(1).includes('pending'), web.history.join(' → '));
});

test('a numeric port is the number the service has for it, whatever its pods call theirs', async (t) => {
  const linker = namer(worldWith(asLinker));
  await apply(api, service('shop', [{ name: 'web', port: 80, targetPort: 'named-by-pods' }]));
  await apply(api, slice('shop', 'shop-1', [{ ip: '10.2.0.1' }], { web: 8080 }));
  await apply(api, slice('shop', 'shop-2', [{ ip: '10.2.0.2' }], { web: 8081 }));
  const by80 = new Observed(t, linker, '/default/80/shop');
  const by81 = new Observed(t, linker, '/default/81/shop');
  await by80.until('10.2.0.1:8080 10.2.0.2:8081');
  await by81.until('neg');
  await remove(api, service('shop', []));
  await by80.until('neg');
  await apply(api, service('shop', [{ name: 'web', port: 81, targetPort: 'named-by-pods' }]));
  await by81.until('10.2.0.1:8080 10.2.0.2:8081');
  await by80.until('neg');
});

test('one watch of a namespace serves all its services', async (t) => {
  const world = worldWith(asLinker);
  const linker = namer(world);
  const names = Array.from({ length: 20 }, (_, i) => `/default/80/many-${i}`);
  const all = names.map((name) => new Observed(t, linker, name));
  for (const one of all) await one.until('neg');
  assert.equal(world.metrics.counter('k8s', 'lists').value, 2, 'services and slices');
});

test('who may not read slices gets Endpoints, and slices once he may', async (t) => {
  const env = { KUBECONFIG: await api.kubeconfigFor('mesh', 'old-rights') };
  const account = { kind: 'ServiceAccount', name: 'old-rights', namespace: 'mesh' } as const;
  await grant(api, 'old-rights', account, 'services', 'endpoints');
  await apply(api, endpoints('both', ['10.5.0.1'], 8080));
  const both = new Observed(t, namer(worldWith(env)), '/default/http/both');
  await both.until('10.5.0.1:8080');
  await apply(api, endpoints('both', ['10.5.0.1', '10.5.0.2'], 8080));
  await both.until('10.5.0.1:8080 10.5.0.2:8080');
  await remove(api, endpoints('both', [], 0));
  await both.until('neg');
  await apply(api, slice('both', 'both-1', [{ ip: '10.5.0.3' }]));
  await grant(api, 'old-rights', account, 'services', 'discovery.k8s.io/endpointslices');
  await both.until('10.5.0.3:8080');
});

test('who may read nothing is told which right is missing', async (t) => {
  const env = { KUBECONFIG: await api.kubeconfigFor('mesh', 'nobody') };
  const web = new Observed(t, namer(worldWith(env)), '/default/http/web');
  await web.until(
    'failed: Kubernetes API answered 403 to /apis/discovery.k8s.io/v1/namespaces/default/endpointslices: ' +
      'endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:mesh:nobody" cannot list resource ' +
      '"endpointslices" in API group "discovery.k8s.io" in the namespace "default"',
  );
});

test('a client certificate and a kubectl proxy are ways in too', async (t) => {
  await apply(api, slice('ways', 'ways-1', [{ ip: '10.6.0.1' }]));
  await grant(api, 'by-certificate', { kind: 'User', name: 'linker-0' }, 'discovery.k8s.io/endpointslices');
  const { cert, key } = api.authority.issue({ cn: 'linker-0', usage: ['client'] });
  const certified = worldWith({ KUBECONFIG: api.writeKubeconfig('certified', { cert, key }) });
  await new Observed(t, namer(certified), '/default/http/ways').until('10.6.0.1:8080');

  const proxy = await api.proxy(asLinker['KUBECONFIG']);
  const proxied = namer(worldWith({}), { host: '127.0.0.1', port: proxy.port });
  await new Observed(t, proxied, '/default/http/ways').until('10.6.0.1:8080');
  await proxy.stop();
});

test('in a pod the service account is the way in, and its token may change under way', async (t) => {
  const folder = temporaryDirectory(t);
  writeFileSync(join(folder, 'ca.crt'), api.ca);
  writeFileSync(join(folder, 'token'), 'one that has expired');
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(api.port) };
  const client = new ApiClient(() => findApi({}, env, folder), systemClock);
  const services = collection('/api/v1', 'default', 'services', () => true);
  const states: string[] = [];
  const handle = watch(client, services, worldWith(env)).states.observe((state) => {
    states.push(state.kind === 'failed' ? state.error.message : state.kind);
  });
  t.after(() => handle.close());
  const refused = 'Kubernetes API answered 401 to /api/v1/namespaces/default/services: Unauthorized';
  await eventually(() => (states.at(-1) === refused ? true : undefined), 'it is refused');
  writeFileSync(join(folder, 'token'), await api.serviceAccountToken('mesh', 'linker'));
  await eventually(() => (states.at(-1) === 'ok' ? true : undefined), 'it is let in');
});

test('a version that is too old leads to a new list', async (t) => {
  const first = await api.proxy(asLinker['KUBECONFIG']);
  const world = worldWith({});
  await apply(api, slice('old', 'old-1', [{ ip: '10.4.0.1' }]));
  const old = new Observed(t, namer(world, { host: '127.0.0.1', port: first.port }), '/default/http/old');
  await old.until('10.4.0.1:8080');
  await first.stop();
  // The linker is cut off, and when it is back neither etcd nor the API server remembers what it missed.
  await apply(api, slice('old', 'old-2', [{ ip: '10.4.0.2' }]));
  await remove(api, slice('old', 'old-1', []));
  await api.compact();
  await api.restart(0);
  assert.equal(world.metrics.counter('k8s', 'breaks', 'gone').value, 0);
  const second = await api.proxy(asLinker['KUBECONFIG'], first.port);
  await old.until('10.4.0.2:8080');
  assert.equal(world.metrics.counter('k8s', 'breaks', 'gone').value, 1);
  assert.deepEqual(old.history, ['pending', '10.4.0.1:8080', '10.4.0.2:8080']);
  await second.stop();
});

test('a restart of the API server, orderly or not, hides nothing that happens meanwhile', async (t) => {
  const linker = namer(worldWith(asLinker));
  await apply(api, slice('kept', 'kept-1', [{ ip: '10.3.0.1' }]));
  const kept = new Observed(t, linker, '/default/http/kept');
  await kept.until('10.3.0.1:8080');
  for (const [round, graceMs] of [
    [2, 5000],
    [3, 0],
  ] as const) {
    await api.stopApiServer(graceMs);
    const late = new Observed(t, linker, `/default/http/late-${round}`);
    await api.startApiServer();
    await apply(api, slice('kept', 'kept-1', [{ ip: `10.3.0.${round}` }]));
    await kept.until(`10.3.0.${round}:8080`);
    await late.until('neg');
  }
  assert.deepEqual(kept.history, ['pending', '10.3.0.1:8080', '10.3.0.2:8080', '10.3.0.3:8080']);
});
