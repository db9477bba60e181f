import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BoundTree } from '#test/helpers/bound-tree.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { utilityNamers } from '../namers/utility/utilities.ts';
import { configMapInterpreter } from './config-map.ts';
import { interpreterKinds } from './kinds.ts';

const path = '/api/v1/namespaces/default/configmaps/dtabs';
const section = { kind: 'io.l5d.k8s.configMap', experimental: true, name: 'dtabs', filename: 'main' };

async function start(t: TestContext) {
  const fake = await FakeApiServer.start(t);
  const world = worldWith({});
  const namers = { configured: [], utilities: utilityNamers(world) };
  const config = interpreterKinds.schema.parse({ ...section, host: '127.0.0.1', port: fake.port });
  return { fake, interpreter: configMapInterpreter.make(config, { namers, world }) };
}

const map = (dtab: string) => ({ data: { main: dtab, other: '/svc => /$/inet/0.0.0.0/1' } });

test('linkerd1: interpreters namerd.http, fs, configMap, consul: configMap follows one key of its object', async (t) => {
  const { fake, interpreter } = await start(t);
  const web = new BoundTree(t, interpreter, '/svc');
  await web.until('~');
  fake.put(path, map('/svc => /$/inet/1.1.1.1/1'));
  await web.until('/$/inet/1.1.1.1/1');
  fake.end('reset');
  fake.put(path, map('/svc => /$/inet/2.2.2.2/2'));
  await web.until('/$/inet/2.2.2.2/2');
  await new BoundTree(t, interpreter, '/svc', '/svc => !').until('!');
  fake.put(path, { kind: 'ConfigMap', data: { other: '/svc => /$/nil' } });
  await web.until('~');
  fake.put(path, map('/svc => /$/inet/3.3.3.3/3'));
  await web.until('/$/inet/3.3.3.3/3');
  fake.delete(path);
  await web.until('~');
});

test('a text that is no table leaves the last good one, for every name', async (t) => {
  const { fake, interpreter } = await start(t);
  fake.put(path, map('/svc => /$/inet/1.1.1.1/1'));
  const web = new BoundTree(t, interpreter, '/svc');
  await web.until('/$/inet/1.1.1.1/1');
  fake.put(path, map('/svc =>'));
  fake.put('/api/v1/namespaces/default/configmaps/dtabs', map('/svc = >'));
  const next = new BoundTree(t, interpreter, '/svc/x');
  await next.until('/$/inet/1.1.1.1/1');
  fake.put(path, map('/svc => /$/inet/2.2.2.2/2'));
  await web.until('/$/inet/2.2.2.2/2');
  assert.ok(!web.history.some((text) => text.startsWith('failed')), web.history.join(' → '));
});

test('it is experimental, and needs the name of the object and of its key', () => {
  const complaints = (config: object): readonly string[] =>
    interpreterKinds.schema.safeParse(config).error?.issues.map((i) => `${i.path.join('.')}: ${i.message}`) ?? [];
  assert.match(complaints({ ...section, experimental: false }).join(), /is experimental and must be/);
  assert.match(complaints({ kind: section.kind, experimental: true }).join(), /^name: .*filename: /);
  assert.deepEqual(complaints(section), []);
});
