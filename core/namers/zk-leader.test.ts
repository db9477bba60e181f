import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeZooKeeper } from '#test/helpers/fake-zookeeper.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { valueNow } from '#test/helpers/state-now.ts';
import { Path } from '../naming/path.ts';
import { namerKinds } from './kinds.ts';
import { Leaders } from './zk-leader.ts';

test('linkerd1: serversets, zkLeader, curator, dnssrv, rancher: zkLeader is the member with the lowest number', async (t) => {
  const fake = await FakeZooKeeper.start(t);
  const zkAddrs = [{ host: '127.0.0.1', port: fake.port }];
  const namer = namerKinds.make(namerKinds.schema.parse({ kind: 'io.l5d.zkLeader', zkAddrs }), worldWith({}));
  const leader = new Observed(t, namer, '/election/web');
  await leader.until('neg');
  fake.put('/election/web/n_0000000007', '10.0.0.7:80');
  fake.put('/election/web/n_0000000010', '10.0.0.10:80');
  fake.put('/election/web/lock', '10.9.9.9:80');
  await leader.until('10.0.0.7:80');
  const tree = valueNow(namer.lookup(Path.read('/election/web')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, '/#/io.l5d.zkLeader/election/web');
  fake.delete('/election/web/n_0000000007');
  await leader.until('10.0.0.10:80');
  fake.put('/election/web/n_0000000010', 'nobody');
  await leader.until('neg');
  assert.deepEqual([...(namer.followed?.().keys() ?? [])], ['/election/web']);
});

test('curator and rancher are left out, with what to use instead', () => {
  const words = (kind: string): string => namerKinds.schema.safeParse({ kind }).error?.issues[0]?.message ?? '';
  assert.match(words('io.l5d.curator'), /leaves out: register services with Consul/);
  assert.match(words('io.l5d.rancher'), /leaves out: Rancher runs Kubernetes/);
  assert.match(words('io.l5d.k8s.istio'), /leaves out: use io\.l5d\.k8s/);
});

test('leaders of one ensemble share its client', async (t) => {
  const fake = await FakeZooKeeper.start(t);
  const world = worldWith({});
  fake.put('/a/n_1', '10.0.0.1:80');
  const handles = [1, 2].map(() => {
    const leaders = new Leaders([{ host: '127.0.0.1', port: fake.port }], world);
    return new Observed(t, { prefix: Path.empty, lookup: (path) => leaders.bind(path, path) }, '/a');
  });
  for (const each of handles) await each.until('10.0.0.1:80');
  assert.equal(fake.asked.filter((each) => each.startsWith('connect')).length, 1);
});
