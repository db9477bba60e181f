import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { addrJson } from '#core/naming/addr-json.ts';
import type { Addr, Name } from '#core/naming/name.ts';
import type { NameTree } from '#core/naming/name-tree.ts';
import { Path } from '#core/naming/path.ts';
import { type Activity, ok, type State } from '#core/reactive/activity.ts';
import { settled } from '#core/reactive/settled.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { FakeConsul, type FakeInstance } from '#test/helpers/fake-consul.ts';
import { eventually } from '#test/helpers/within.ts';
import { namerKinds } from './kinds.ts';

const world: World = { clock: systemClock, random: () => 0, env: {}, log: noLog, metrics: new Metrics() };
const web: readonly FakeInstance[] = [
  { address: '10.0.0.1', port: 80, tags: ['prod'], meta: { region: 'eu' } },
  { address: '10.0.0.2', serviceAddress: '10.0.1.2', port: 80, tags: ['prod', 'new'], status: 'warning' },
  { address: '10.0.0.3', port: 80, status: 'critical' },
];

async function start(t: TestContext) {
  const fake = await FakeConsul.start(t);
  fake.put('dc1', 'web', ...web);
  fake.put('dc2', 'web', { address: '10.9.0.1', port: 80 });
  return fake;
}

function namer(fake: FakeConsul, config: object = {}) {
  const section = { kind: 'io.l5d.consul', host: '127.0.0.1', port: fake.port, ...config };
  return namerKinds.make(namerKinds.schema.parse(section), world);
}

/** What a name is bound to, in short: its id, residual and hosts; or the kind of the tree. */
async function bound(fake: FakeConsul, path: string, config: object = {}): Promise<string> {
  const tree = await value(namer(fake, config).lookup(Path.read(path)));
  if (tree.kind !== 'leaf' || tree.value.kind !== 'bound') return tree.kind;
  const { id, residual, addr } = tree.value;
  const now = await value(addr);
  const hosts = now.kind === 'neg' ? 'neg' : now.addresses.map((each) => `${each.host}:${each.port}`).join(' ');
  return `${id.show} ${residual.show} ${hosts}`;
}

async function value<T>(activity: Activity<T>): Promise<T> {
  const state = await settled(activity, systemClock, 2000);
  assert.ok(state.kind === 'ok', state.kind);
  return state.value;
}

/** Observes the addresses of a name until the test ends. */
function follow(t: TestContext, fake: FakeConsul, path: string, config: object = {}) {
  const trees: string[] = [];
  const addrs: State<Addr>[] = [];
  const tree = namer(fake, config).lookup(Path.read(path));
  const known = (now: NameTree<Name>) =>
    now.kind === 'leaf' && now.value.kind === 'bound' ? now.value.addr : undefined;
  const handles = [
    tree.states.observe((state) => {
      trees.push(state.kind === 'ok' ? state.value.kind : state.kind);
      const addr = state.kind === 'ok' ? known(state.value) : undefined;
      if (addr !== undefined) handles.push(addr.states.observe((now) => addrs.push(now)));
    }),
  ];
  const close = (): void => {
    for (const handle of handles) handle.close();
  };
  t.after(close);
  const hosts = (): string => {
    const last = addrs.at(-1);
    return last?.kind === 'ok' && last.value.kind === 'bound' ? last.value.addresses.map((a) => a.host).join(' ') : '';
  };
  const until = (what: string, check: () => boolean) => eventually(() => (check() ? true : undefined), what);
  return {
    trees,
    addrs,
    close,
    hosts: (...expected: readonly string[]) => until(`the hosts are ${expected}`, () => hosts() === expected.join(' ')),
    tree: (kind: string) => until(`the tree is ${kind}`, () => trees.at(-1) === kind),
  };
}

test('a service of a datacenter, with what is left of the path', async (t) => {
  const fake = await start(t);
  const all = '10.0.0.1:80 10.0.1.2:80 10.0.0.3:80';
  assert.equal(await bound(fake, '/dc1/web'), `/#/io.l5d.consul/dc1/web / ${all}`);
  assert.equal(await bound(fake, '/dc1/web/a/b'), `/#/io.l5d.consul/dc1/web /a/b ${all}`);
  assert.equal(await bound(fake, '/dc2/web', { prefix: '/other' }), '/#/other/dc2/web / 10.9.0.1:80');
});

test('the datacenter .local is that of the agent, which is not named', async (t) => {
  const fake = await start(t);
  assert.match(await bound(fake, '/.local/web'), /^\/#\/io.l5d.consul\/.local\/web \/ 10.0.0.1:80/);
  assert.deepEqual([...new Set(fake.requests)], ['/v1/catalog/service/web']);
});

test('tag and service are looked up in lower case, the datacenter as it is, and the id keeps all', async (t) => {
  const fake = await start(t);
  const found = await bound(fake, '/dc1/PROD/Web/X', { includeTag: true });
  assert.equal(found, '/#/io.l5d.consul/dc1/PROD/Web /X 10.0.0.1:80 10.0.1.2:80');
  assert.equal(fake.requests[0], '/v1/catalog/service/web?dc=dc1&tag=prod');
  assert.equal(await bound(fake, '/DC1/web'), 'neg');
});

test('neg: too short, unknown, of another tag, in no datacenter', async (t) => {
  const fake = await start(t);
  for (const path of ['/', '/dc1', '/dc1/nope', '/dc7x/web']) assert.equal(await bound(fake, path), 'neg', path);
  for (const path of ['/dc1/web', '/dc1/old/web']) assert.equal(await bound(fake, path, { includeTag: true }), 'neg');
});

test('names are escaped, so that none leads elsewhere', async (t) => {
  const fake = await start(t);
  const path = Path.utf8('dc1&x=1', 'a/b?c=d', '../é').show;
  assert.equal(await bound(fake, path, { includeTag: true }), 'neg');
  assert.equal(fake.requests[0], '/v1/catalog/service/..%2F%C3%A9?dc=dc1%26x%3D1&tag=a%2Fb%3Fc%3Dd');
});

test('with health checks only healthy instances are used', async (t) => {
  const fake = await start(t);
  const found = await bound(fake, '/dc1/web', { useHealthCheck: true });
  assert.equal(found, '/#/io.l5d.consul/dc1/web / 10.0.0.1:80');
  assert.equal(fake.requests[0], '/v1/health/service/web?dc=dc1&passing=true');
});

test('which health will do is said by healthStatuses', async (t) => {
  const fake = await start(t);
  fake.put('dc1', 'kept', { address: '10.0.0.4', port: 80, status: 'critical', checkId: '_node_maintenance' });
  const some = { useHealthCheck: true, healthStatuses: ['warning', 'critical'] };
  assert.match(await bound(fake, '/dc1/web', some), / 10.0.1.2:80 10.0.0.3:80$/);
  assert.equal(fake.requests[0], '/v1/health/service/web?dc=dc1&passing=false');
  assert.equal(await bound(fake, '/dc1/kept', some), 'neg');
  assert.match(await bound(fake, '/dc1/kept', { ...some, healthStatuses: ['maintenance'] }), /10.0.0.4/);
});

test('the token goes with every query; the consistency is asked for', async (t) => {
  const fake = await start(t);
  await bound(fake, '/dc1/web', { token: 'secret', consistencyMode: 'stale', setHost: true });
  assert.deepEqual([...fake.tokens], ['secret']);
  assert.ok(fake.requests.includes('/v1/catalog/service/web?dc=dc1&stale=true'));
  await bound(fake, '/dc1/web', { consistencyMode: 'consistent' });
  assert.equal(fake.requests.at(-1), '/v1/catalog/service/web?dc=dc1&consistent=true');
});

/** As the APIs show it. */
async function shown(fake: FakeConsul, path: string, config: object) {
  const tree = await value(namer(fake, config).lookup(Path.read(path)));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  return addrJson(ok(await value(tree.value.addr)));
}

test('addresses have their weights', async (t) => {
  const fake = await start(t);
  const weights = [
    { tag: 'prod', weight: 2 },
    { tag: 'new', weight: 3.5 },
  ];
  assert.deepEqual(await shown(fake, '/dc1/web', { weights, preferServiceAddress: false }), {
    type: 'bound',
    addrs: [
      { ip: '10.0.0.1', port: 80, meta: { endpoint_addr_weight: 2 } },
      { ip: '10.0.0.2', port: 80, meta: { endpoint_addr_weight: 3.5 } },
      { ip: '10.0.0.3', port: 80, meta: { endpoint_addr_weight: 1 } },
    ],
    meta: {},
  });
});

test('setHost gives the DNS name that Consul has for the service', async (t) => {
  const fake = await start(t);
  const authority = async (path: string, config: object = {}) => {
    const addr = await shown(fake, path, { setHost: true, ...config });
    return addr.type === 'bound' ? addr.meta['authority'] : addr.type;
  };
  assert.equal(await authority('/dc2/web'), 'web.service.dc2.consul');
  assert.equal(await authority('/.local/Web'), 'web.service.dc1.consul');
  assert.equal(await authority('/dc1/PROD/web', { includeTag: true }), 'prod.web.service.dc1.consul');
  fake.self = { Config: { Datacenter: 'dc1', Domain: 'acme.' } };
  assert.equal(await authority('/dc1/web'), 'web.service.dc1.acme');
  fake.self = undefined;
  assert.equal(await authority('/.local/web'), 'web.service.consul');
});

test('transferMetadata shows the metadata of the service', async (t) => {
  const fake = await start(t);
  const meta = async (config: object) => {
    const addr = await shown(fake, '/dc1/web', config);
    return addr.type === 'bound' ? addr.meta : addr.type;
  };
  assert.deepEqual(await meta({ transferMetadata: true }), { region: 'eu' });
  assert.deepEqual(await meta({ transferMetadata: true, setHost: true }), {
    region: 'eu',
    authority: 'web.service.dc1.consul',
  });
  assert.deepEqual(await meta({}), {});
});

test('instances that come and go change the addresses, not the tree', async (t) => {
  const fake = await start(t);
  const followed = follow(t, fake, '/dc2/web');
  await followed.hosts('10.9.0.1');
  fake.put('dc2', 'web', { address: '10.9.0.1', port: 80 }, { address: '10.9.0.2', port: 80 });
  await followed.hosts('10.9.0.1', '10.9.0.2');
  fake.put('dc2', 'web', { address: '10.9.0.3', port: 80 });
  await followed.hosts('10.9.0.3');
  assert.deepEqual(followed.trees, ['pending', 'leaf']);
});

test('a service that comes is there, and one whose last instance goes is neg', async (t) => {
  const fake = await start(t);
  const followed = follow(t, fake, '/dc1/late');
  await followed.tree('neg');
  fake.put('dc1', 'late', { address: '10.0.0.9', port: 80 });
  await followed.hosts('10.0.0.9');
  fake.put('dc1', 'late');
  await followed.tree('neg');
  assert.deepEqual(followed.trees, ['pending', 'neg', 'leaf', 'neg']);
});

test('news that change nothing are not told', async (t) => {
  const fake = await start(t);
  const followed = follow(t, fake, '/dc1/web');
  await followed.hosts('10.0.0.1', '10.0.1.2', '10.0.0.3');
  const before = fake.requests.length;
  fake.put('dc1', 'other', { address: '10.0.0.9', port: 80 });
  await eventually(() => (fake.requests.length > before ? true : undefined), 'the next question');
  assert.equal(followed.addrs.length, 1);
});

test('an agent that is away keeps what is known; one that was never there is neg', async (t) => {
  const fake = await start(t);
  const known = follow(t, fake, '/dc1/web');
  await known.tree('leaf');
  fake.become('reset');
  const unknown = follow(t, fake, '/dc2/web');
  await unknown.tree('neg');
  assert.deepEqual(known.trees, ['pending', 'leaf']);
  fake.become('answer');
  await unknown.hosts('10.9.0.1');
  assert.equal(known.addrs.length, 1);
});

test('while the first query hangs the tree is pending', async (t) => {
  const fake = await start(t);
  fake.become('hang');
  const followed = follow(t, fake, '/dc1/web');
  await eventually(() => (fake.held === 1 ? true : undefined), 'the query hangs');
  assert.deepEqual(followed.trees, ['pending']);
  fake.become('answer');
  await followed.tree('leaf');
});

test('a name bound many times, in any case, is one query, which ends with the last of them', async (t) => {
  const fake = await start(t);
  const consul = namer(fake);
  const handles = ['/dc1/web', '/dc1/WEB', '/dc1/web/rest'].map((path) =>
    consul.lookup(Path.read(path)).states.observe(() => {}),
  );
  await eventually(() => (fake.held === 1 ? true : undefined), 'the query is held');
  assert.equal(fake.requests.length, 2);
  for (const handle of handles.slice(1)) handle.close();
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(fake.held, 1);
  handles[0]?.close();
  await eventually(() => (fake.held === 0 ? true : undefined), 'the query has ended');
});

test('keys are as Linkerd has them', () => {
  const problem = (config: object): string => {
    const result = namerKinds.schema.safeParse({ kind: 'io.l5d.consul', ...config });
    return result.success ? '' : result.error.issues.map((issue) => issue.message).join();
  };
  assert.equal(problem({ tls: { commonName: 'consul' } }), '');
  assert.match(problem({ healthStatuses: ['fine'] }), /passing/);
  assert.match(problem({ weights: [{ tag: 'a' }] }), /number/);
  assert.equal(problem({ failFast: true, weights: [{ tag: 'a', weight: 1.5 }] }), '');
});
