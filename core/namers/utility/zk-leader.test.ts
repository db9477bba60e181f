import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeZooKeeper } from '#test/helpers/fake-zookeeper.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { valueNow } from '#test/helpers/state-now.ts';
import { Path } from '../../naming/path.ts';
import { zkLeaderUtility } from './zk-leader.ts';

test('a leader is found on the servers that the name lists', async (t) => {
  const fake = await FakeZooKeeper.start(t);
  fake.put('/election/n_2', '10.0.0.2:80');
  fake.put('/election/n_1', '10.0.0.1:80');
  const namer = zkLeaderUtility(worldWith({}));
  const path = Path.of(`127.0.0.1:${fake.port},127.0.0.1:${fake.port}`, 'election');
  const leader = new Observed(t, namer, path.show);
  await leader.until('10.0.0.1:80');
  const tree = valueNow(namer.lookup(path));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, `/$/io.buoyant.namer.zk.leader${path.show}`);
  fake.delete('/election/n_1');
  await leader.until('10.0.0.2:80');
});

test('what lists no servers, or no group, is neg', () => {
  const namer = zkLeaderUtility(worldWith({}));
  const many = Array.from({ length: 17 }, (_, i) => `h${i}:1`).join(',');
  for (const path of [
    Path.empty,
    Path.of('h:1'),
    Path.of('h', 'a'),
    Path.of('h:0', 'a'),
    Path.of('h:1,', 'a'),
    Path.of('h:70000', 'a'),
    Path.of(many, 'a'),
    Path.of('h:1', '..'),
  ])
    assert.equal(valueNow(namer.lookup(path)).kind, 'neg', path.show);
});
