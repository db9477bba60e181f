import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { type Manifest, pathOf, pod, type Replica, slice } from '#test/helpers/kube-objects.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { Transformed } from '#test/helpers/transformed.ts';
import { eventually } from '#test/helpers/within.ts';
import { metaKeys } from '../naming/meta.ts';
import type { Address } from '../naming/name.ts';
import { linkedTransformer } from './k8s-linked.ts';

interface At {
  readonly pod?: string;
  readonly node?: string;
  readonly weight?: number;
}

const at = (host: string, { pod: name, node, weight = 1 }: At = {}): Address => ({
  host,
  port: 80,
  weight,
  meta: {
    ...(name !== undefined && { [metaKeys.pod]: `default/${name}` }),
    ...(node !== undefined && { [metaKeys.nodeName]: node }),
  },
});

/** `10.0.0.1:4141 sidecar …/sa/web`, with `*weight` where it is not 1. */
function show({ host, port, weight, meta }: Address): string {
  const identity = meta[metaKeys.tlsIdentity];
  const share = weight === 1 ? '' : `*${weight}`;
  return [`${host}:${port}${share}`, meta[metaKeys.linked], ...(identity === undefined ? [] : [identity])].join(',');
}

async function start(t: TestContext, config: object = {}) {
  const fake = await FakeApiServer.start(t);
  const put = (...objects: readonly Manifest[]): void => {
    for (const object of objects) fake.put(pathOf(object), object);
  };
  const linkers = (...all: readonly Replica[]): void => {
    const one = slice('heddle-linker', 'linkers', all, { 'http-incoming': 4141 });
    put({ ...one, metadata: { ...one.metadata, namespace: 'heddle' } });
  };
  const parsed = linkedTransformer.schema.parse({
    kind: 'io.heddle.k8s.linked',
    k8sHost: '127.0.0.1',
    k8sPort: fake.port,
    ...config,
  });
  return { fake, put, linkers, seen: new Transformed(t, linkedTransformer.make(parsed, worldWith({})), show) };
}

const sidecar = (name: string, account?: string): Manifest => pod(name, { 'heddle.io/linked': 'sidecar' }, account);
const node = (name: string): Manifest => pod(name, { 'heddle.io/linked': 'node' });
const spiffe = 'spiffe://cluster.local/ns';

test('a pod with a sidecar is reached at its linker, which must prove to be the service account of the pod', async (t) => {
  const { put, seen } = await start(t);
  put(sidecar('a', 'web'), sidecar('b'));
  assert.equal(seen.id, '/%/io.heddle.k8s.linked/#/x');
  seen.set([at('10.0.0.1', { pod: 'a' }), at('10.0.0.2', { pod: 'b' })]);
  await seen.until(`10.0.0.1:4141,sidecar,${spiffe}/default/sa/web 10.0.0.2:4141,sidecar,${spiffe}/default/sa/default`);
});

test('a pod served by its node is reached at the linker of that node, with the weight of all such pods', async (t) => {
  const { put, linkers, seen } = await start(t);
  put(node('a'), node('b'), node('c'));
  linkers({ ip: '10.1.0.1', node: 'n1' }, { ip: '10.1.0.2', node: 'n2' }, { ip: '10.1.0.3', node: 'n3' });
  seen.set([
    at('10.0.0.1', { pod: 'a', node: 'n1' }),
    at('10.0.0.2', { pod: 'b', node: 'n1', weight: 3 }),
    at('10.0.0.3', { pod: 'c', node: 'n2' }),
  ]);
  const identity = `${spiffe}/heddle/sa/heddle-linker`;
  await seen.until(`10.1.0.1:4141*4,node,${identity} 10.1.0.2:4141,node,${identity}`);
});

test('two linkers on one node, during a roll-out, share its weight', async (t) => {
  const { put, linkers, seen } = await start(t);
  put(node('a'));
  linkers({ ip: '10.1.0.1', node: 'n1' }, { ip: '10.1.0.2', node: 'n1' });
  seen.set([at('10.0.0.1', { pod: 'a', node: 'n1' })]);
  const identity = `${spiffe}/heddle/sa/heddle-linker`;
  await seen.until(`10.1.0.1:4141*0.5,node,${identity} 10.1.0.2:4141*0.5,node,${identity}`);
});

test('pods outside the mesh, and addresses that are no pods, are reached directly and say so', async (t) => {
  const { fake, put, seen } = await start(t);
  put(pod('a', { app: 'web' }), pod('b', { 'heddle.io/linked': 'later' }));
  seen.set([at('10.0.0.1', { pod: 'a' }), at('10.0.0.2', { pod: 'b' }), at('10.0.0.3')]);
  await seen.until('10.0.0.1:80,none 10.0.0.2:80,none 10.0.0.3:80,none');
  assert.equal(fake.lists('/heddle/'), 0, 'the linkers of nodes are not looked for where no pod needs them');
});

test('addresses that are no pods ask nothing of Kubernetes', async (t) => {
  const { fake, seen } = await start(t);
  seen.set([at('10.0.0.3')]);
  assert.equal(seen.now, '10.0.0.3:80,none');
  assert.deepEqual(fake.requests, []);
});

test('nothing is sent in plain text because something is not known yet', async (t) => {
  const { fake, put, linkers, seen } = await start(t);
  fake.listDelayMs = 100;
  put(sidecar('a'));
  seen.set([at('10.0.0.1', { pod: 'a' }), at('10.0.0.2', { pod: 'late' }), at('10.0.0.3', { pod: 'n', node: 'n1' })]);
  const a = `10.0.0.1:4141,sidecar,${spiffe}/default/sa/default`;
  await seen.until(a);
  put(sidecar('late'));
  const late = `10.0.0.2:4141,sidecar,${spiffe}/default/sa/default`;
  await seen.until(`${a} ${late}`);
  put(node('n'));
  await eventually(() => (fake.lists('/heddle/') > 0 ? true : undefined), 'the linkers of nodes are looked for');
  linkers({ ip: '10.1.0.9', node: 'elsewhere' });
  await seen.until(`${a} ${late}`);
  linkers({ ip: '10.1.0.1', node: 'n1' });
  await seen.until(`${a} ${late} 10.1.0.1:4141,node,${spiffe}/heddle/sa/heddle-linker`);
  assert.ok(!seen.history.some((text) => text.includes('none') || text.includes(':80')), seen.history.join('\n'));
});

test('without the right to read pods it fails, rather than send in plain text', async (t) => {
  const { fake, seen } = await start(t);
  fake.refusing.set('/pods', 403);
  seen.set([at('10.0.0.1', { pod: 'a' })]);
  await seen.until('failed: Kubernetes API answered 403 to /api/v1/namespaces/default/pods: refused');
});

test('if no address can be reached, or there is none, the address is neg', async (t) => {
  const { fake, put, linkers, seen } = await start(t);
  put(node('a'), node('b'));
  linkers({ ip: '10.1.0.1', node: 'n1', ready: false });
  seen.set([at('10.0.0.1', { pod: 'a', node: 'n1' }), at('10.0.0.2', { pod: 'b' })]);
  await seen.until('neg');
  put(sidecar('a'));
  await seen.until(`10.0.0.1:4141,sidecar,${spiffe}/default/sa/default`);
  fake.delete(pathOf(sidecar('a')));
  await seen.until('neg');
  seen.set([]);
  await seen.until('neg');
  seen.set(undefined);
  await seen.until('neg');
});

test('ports, trust domain and the place of the linkers may be configured', async (t) => {
  const { put, seen } = await start(t, {
    prefix: '/via',
    sidecarPort: 5141,
    trustDomain: 'example.org',
    namespace: 'default',
    service: 'l5d',
    port: 'incoming',
    serviceAccount: 'l5d',
  });
  put(sidecar('a', 'web'), node('b'), slice('l5d', 'l5d-1', [{ ip: '10.1.0.1', node: 'n1' }], { incoming: 7 }));
  assert.equal(seen.id, '/%/via/#/x');
  seen.set([at('10.0.0.1', { pod: 'a' }), at('10.0.0.2', { pod: 'b', node: 'n1' })]);
  await seen.until(
    '10.0.0.1:5141,sidecar,spiffe://example.org/ns/default/sa/web 10.1.0.1:7,node,spiffe://example.org/ns/default/sa/l5d',
  );
});
