import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeZooKeeper } from '#test/helpers/fake-zookeeper.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { valueNow } from '#test/helpers/state-now.ts';
import { Path } from '../naming/path.ts';
import { namerKinds } from './kinds.ts';

async function start(t: TestContext) {
  const fake = await FakeZooKeeper.start(t);
  const zkAddrs = [{ host: '127.0.0.1', port: fake.port }];
  const resolve = async (host: string) => (host === 'known.example' ? ['192.0.2.1'] : []);
  const namer = namerKinds.make(namerKinds.schema.parse({ kind: 'io.l5d.serversets', zkAddrs }), {
    ...worldWith({}),
    resolve,
  });
  return { fake, namer };
}

const member = (host: string, port: number, more: object = {}): string =>
  JSON.stringify({ serviceEndpoint: { host, port }, additionalEndpoints: {}, status: 'ALIVE', ...more });

test('linkerd1: serversets, zkLeader, curator, dnssrv, rancher: serversets follows members, and falls back to shorter paths', async (t) => {
  const { fake, namer } = await start(t);
  const web = new Observed(t, namer, '/discovery/prod/web/and/more');
  await web.until('neg');
  fake.put('/discovery/prod/web/member_0000000001', member('10.0.0.1', 80));
  fake.put('/discovery/prod/web/other_1', member('10.9.9.9', 80));
  await web.until('10.0.0.1:80');
  const tree = valueNow(namer.lookup(Path.read('/discovery/prod/web/and/more')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, '/#/io.l5d.serversets/discovery/prod/web');
  assert.equal(tree.value.residual.show, '/and/more');
  fake.put('/discovery/prod/web/member_0000000002', member('known.example', 81));
  fake.put('/discovery/prod/web/member_0000000003', member('10.0.0.3', 80, { status: 'DEAD' }));
  fake.put('/discovery/prod/web/member_0000000004', 'what is this');
  await web.until('10.0.0.1:80 192.0.2.1:81');
  fake.reset();
  fake.put('/discovery/prod/web/member_0000000001', member('10.0.0.2', 80));
  await web.until('10.0.0.2:80 192.0.2.1:81');
  assert.ok(!web.history.slice(1).includes('pending'), web.history.join());
  fake.delete('/discovery/prod/web/member_0000000001');
  fake.delete('/discovery/prod/web/member_0000000002');
  await web.until('neg');
});

test('an additional endpoint is named behind a colon', async (t) => {
  const { fake, namer } = await start(t);
  const admin = { additionalEndpoints: { admin: { host: '10.0.0.1', port: 9990 } } };
  fake.put('/web/member_1', member('10.0.0.1', 80, admin));
  fake.put('/web/member_2', member('10.0.0.2', 80));
  const observed = new Observed(t, namer, '/web:admin');
  await observed.until('10.0.0.1:9990');
  const tree = valueNow(namer.lookup(Path.read('/web:admin')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, '/#/io.l5d.serversets/web:admin');
  await new Observed(t, namer, '/web:none').until('neg');
  await new Observed(t, namer, '/web:toString').until('neg');
});

test('names that no node can have are neg, and long ones are looked at up to a depth', async (t) => {
  const { fake, namer } = await start(t);
  for (const path of ['/', '/..', '/a\\x2fb', '/\\x00']) {
    assert.equal(valueNow(namer.lookup(Path.read(path))).kind, 'neg', path);
  }
  assert.equal(fake.asked.length, 0);
  fake.put('/a/member_1', member('10.0.0.1', 80));
  await new Observed(t, namer, `/a${'/x'.repeat(30)}`).until('10.0.0.1:80');
  assert.equal(fake.asked.filter((each) => each.startsWith('getChildren')).length, 16);
});

test('the servers have to be given', () => {
  const complaint = (config: object): string =>
    namerKinds.schema.safeParse({ kind: 'io.l5d.serversets', ...config }).error?.issues[0]?.path.join('.') ?? '';
  assert.equal(complaint({}), 'zkAddrs');
  assert.equal(complaint({ zkAddrs: [] }), 'zkAddrs');
  assert.equal(complaint({ zkAddrs: [{ host: 'zk' }] }), '');
});
