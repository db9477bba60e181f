import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import type { Activity, State } from '#core/reactive/activity.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { endpoints, pathOf, pod, service, slice } from '#test/helpers/kube-objects.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { addressesOf } from './addresses.ts';
import { Api } from './api.ts';
import { backendsOf } from './backends.ts';
import { podsOf } from './pods.ts';
import { discoveryGroup } from './served.ts';

async function start(t: TestContext, env = {}) {
  const fake = await FakeApiServer.start(t);
  const world = worldWith(env);
  return { fake, world, api: Api.of(world, { host: '127.0.0.1', port: fake.port }) };
}

function observe<T>(t: TestContext, activity: Activity<T>) {
  const states: State<T>[] = [];
  const handle = activity.states.observe((state) => states.push(state));
  t.after(() => handle.close());
  return {
    states,
    handle,
    until: async (what: string, is: (value: T) => boolean): Promise<T> => {
      const state = await eventually(() => {
        const last = states.at(-1);
        return last?.kind === 'ok' && is(last.value) ? last : undefined;
      }, what);
      return state.value;
    },
  };
}

const web = { namespace: 'default', service: 'web' };

test('there is one API for each address in a world', () => {
  const world = worldWith({});
  const api = Api.of(world, { host: 'a' });
  assert.equal(Api.of(world, { host: 'a' }), api);
  assert.notEqual(Api.of(world, { host: 'a', port: 1 }), api);
  assert.notEqual(Api.of(world, {}), api);
  assert.notEqual(Api.of(worldWith({}), { host: 'a' }), api);
});

test('all services of a namespace share its watches, which stay for 30 s and then are forgotten', async (t) => {
  const fake = await FakeApiServer.start(t);
  const clock = { ...systemClock, after: (ms: number, fn: () => void) => systemClock.after(ms / 200, fn) };
  const api = Api.of({ ...worldWith({}), clock }, { host: '127.0.0.1', port: fake.port });
  for (const name of ['web', 'shop']) {
    fake.put(pathOf(service(name, [{ port: 80 }])), service(name, [{ port: 80 }]));
    fake.put(pathOf(slice(name, `${name}-1`, [])), slice(name, `${name}-1`, [{ ip: '10.0.0.1' }]));
  }
  const both = ['web', 'shop'].map((name) =>
    observe(t, addressesOf(api, { namespace: 'default', service: name }, 'http')),
  );
  for (const one of both) await one.until('it has an address', (all) => all?.length === 1);
  assert.equal(fake.lists('endpointslices'), 1);
  assert.equal(fake.lists('services'), 0, 'a named port needs no service');
  for (const one of both) one.handle.close();
  assert.equal(api.slices.size, 1);
  const again = observe(t, addressesOf(api, web, 'http'));
  assert.deepEqual(
    again.states.map((s) => s.kind),
    ['ok'],
    'known at once',
  );
  again.handle.close();
  await eventually(() => (api.slices.size === 0 && fake.watching === 0 ? true : undefined), 'it is forgotten');
  assert.equal(fake.lists('endpointslices'), 1);
});

test('an API without slices is asked for Endpoints, and only once for slices', async (t) => {
  const { fake, api } = await start(t);
  fake.servesSlices = false;
  fake.put(pathOf(endpoints('web', [], 0)), endpoints('web', ['10.0.0.1'], 8080));
  fake.put(pathOf(service('web', [])), service('web', [{ port: 80, targetPort: 'http' }]));
  await observe(t, addressesOf(api, web, 'http')).until('by name', (all) => all?.[0]?.port === 8080);
  await observe(t, addressesOf(api, web, '80')).until('by number', (all) => all?.[0]?.port === 8080);
  await observe(t, addressesOf(api, { ...web, service: 'none' }, '80')).until('neg', (all) => all === undefined);
  assert.equal(fake.requests.filter((r) => r.includes('discovery')).length, 1);
  assert.ok(fake.requests.includes('GET /api/v1/namespaces/default/endpoints/web'));
  assert.ok(fake.requests.some((r) => r.startsWith('GET /api/v1/watch/namespaces/default/endpoints/web?')));
});

test('an API that answers the question with errors is asked again', async (t) => {
  const { fake, api } = await start(t);
  fake.refusing.set(discoveryGroup, 503);
  const served = observe(t, api.servesSlices);
  await eventually(() => (fake.requests.length > 1 ? true : undefined), 'it asks again');
  assert.deepEqual(served.states, [{ kind: 'pending' }]);
  fake.refusing.clear();
  await served.until('the answer', (yes) => yes);
});

for (const [status, kind] of [
  [403, 'ok'],
  [401, 'ok'],
] as const) {
  test(`who may not ask for slices' group (${status}) tries them all the same`, async (t) => {
    const { fake, api } = await start(t);
    fake.refusing.set('/apis/discovery', status);
    fake.put(pathOf(endpoints('web', [], 0)), endpoints('web', ['10.0.0.1'], 8080));
    const found = observe(t, backendsOf(api, web));
    await found.until('endpoints instead', ([group]) => group?.backends[0]?.ip === '10.0.0.1');
    assert.equal(found.states.at(-1)?.kind, kind);
    fake.put(pathOf(slice('web', 'web-1', [])), slice('web', 'web-1', [{ ip: '10.0.0.2' }]));
    fake.refusing.clear();
    await found.until('slices', ([group]) => group?.backends[0]?.ip === '10.0.0.2');
    await eventually(() => (api.endpoints.size === 1 ? true : undefined), 'Endpoints linger');
  });
}

test('refused both, it fails with the reason for slices', async (t) => {
  const { fake, api } = await start(t);
  fake.refusing.set('/namespaces/', 403);
  const found = observe(t, backendsOf(api, web));
  const failed = await eventually(() => found.states.find((s) => s.kind === 'failed'), 'it fails');
  assert.match(failed.error.message, /403 to \/apis\/discovery\.k8s\.io\/v1\/namespaces\/default\/endpointslices/);
});

test('a label that is asked for must be on the slices, or on the Endpoints', async (t) => {
  for (const modern of [true, false]) {
    const { fake, api } = await start(t);
    fake.servesSlices = modern;
    const object = modern ? slice('web', 'web-1', [{ ip: '10.0.0.1' }]) : endpoints('web', ['10.0.0.1'], 80);
    const metadata = { ...object.metadata, labels: { ...(object.metadata['labels'] as object), version: 'v1' } };
    fake.put(pathOf(object), { ...object, metadata });
    const find = (value: string) => observe(t, backendsOf(api, { ...web, label: ['version', value] }));
    await find('v1').until('v1', (groups) => groups.length === 1);
    await find('v2').until('no v2', (groups) => groups.length === 0);
  }
});

test('addresses say on which node and of which pod they are', async (t) => {
  const { fake, api } = await start(t);
  const one = slice('web', 'web-1', [{ ip: '10.0.0.1', node: 'n1', pod: 'p1' }, { ip: '10.0.0.2' }]);
  fake.put(pathOf(one), one);
  const found = observe(t, addressesOf(api, web, 'http'));
  assert.deepEqual(await found.until('two', (all) => all?.length === 2), [
    { host: '10.0.0.1', port: 8080, weight: 1, meta: { nodeName: 'n1', 'heddle.pod': 'default/p1' } },
    { host: '10.0.0.2', port: 8080, weight: 1, meta: {} },
  ]);
});

test('addresses are told again only when they differ', async (t) => {
  const { fake, api } = await start(t);
  const put = (ip: string, name = 'web'): void => {
    const one = slice(name, `${name}-1`, [{ ip }]);
    fake.put(pathOf(one), one);
  };
  put('10.0.0.1');
  const found = observe(t, addressesOf(api, web, 'http'));
  await found.until('one', (all) => all?.length === 1);
  await eventually(() => (fake.watching === 1 ? true : undefined), 'it watches');
  put('10.0.0.9', 'other');
  put('10.0.0.1');
  put('10.0.0.2');
  await found.until('the other', (all) => all?.[0]?.host === '10.0.0.2');
  assert.deepEqual(
    found.states.map((s) => s.kind),
    ['pending', 'ok', 'ok'],
  );
});

test('a port by number goes by its name in the service, and by its target where replicas know no such name', async (t) => {
  const { fake, api } = await start(t);
  const ports = [
    { port: 80, name: 'web', targetPort: 'container' },
    { port: 81, name: 'hand-made', targetPort: 8081 },
    { port: 82, name: 'by-target', targetPort: 'web' },
    { port: 83, name: 'untold' },
    { port: 84, name: 'wrong', targetPort: 'nowhere' },
  ];
  const objects = [
    service('web', ports),
    slice('web', 'web-1', [{ ip: '10.0.0.1' }], { web: 8080 }),
    service('empty', [{ port: 80, targetPort: 8080 }]),
    slice('empty', 'empty-1', [], {}),
  ];
  for (const object of objects) fake.put(pathOf(object), object);
  const found: Record<string, number | undefined> = {};
  for (const port of ['80', '81', '82', '83', '84', '85']) {
    const all = observe(t, addressesOf(api, web, port));
    found[port] = (await all.until(`port ${port}`, () => true))?.[0]?.port;
  }
  assert.deepEqual(found, { 80: 8080, 81: 8081, 82: 8080, 83: 83, 84: undefined, 85: undefined });
  const empty = observe(t, addressesOf(api, { ...web, service: 'empty' }, '80'));
  assert.equal(await empty.until('nothing behind it', () => true), undefined);
});

test('pods are known by what links them and by their service account', async (t) => {
  const { fake, api } = await start(t);
  const pods = [
    pod('a', { 'heddle.io/linked': 'sidecar' }, 'web'),
    pod('b', { 'heddle.io/linked': 'node' }),
    pod('c', { 'heddle.io/linked': 'surprise' }),
    pod('d', {}),
  ];
  for (const one of pods) fake.put(pathOf(one), one);
  const all = await observe(t, podsOf(api, 'default')).until('four', (found) => found.size === 4);
  assert.deepEqual(Object.fromEntries(all), {
    'default/a': { linked: 'sidecar', serviceAccount: 'web' },
    'default/b': { linked: 'node', serviceAccount: 'default' },
    'default/c': { linked: 'none', serviceAccount: 'default' },
    'default/d': { linked: 'none', serviceAccount: 'default' },
  });
});
