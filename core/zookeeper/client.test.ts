import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeZooKeeper } from '#test/helpers/fake-zookeeper.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Activity } from '../reactive/activity.ts';
import { ZkClient } from './client.ts';

function follow(t: TestContext, activity: Activity<Buffer | readonly string[] | undefined>) {
  const history: string[] = [];
  const handle = activity.states.observe((state) => {
    if (state.kind === 'failed') history.push(`failed: ${state.error.message}`);
    else if (state.kind === 'pending' || state.value === undefined)
      history.push(state.kind === 'ok' ? 'none' : 'pending');
    else history.push(Buffer.isBuffer(state.value) ? state.value.toString() : `[${[...state.value].sort()}]`);
  });
  t.after(() => handle.close());
  const until = (expected: string) =>
    eventually(() => (history.at(-1) === expected ? true : undefined), `it is ${expected}`, 15_000).catch((error) =>
      assert.fail(`${error}; it was ${history.join(' → ')}`),
    );
  return { history, until, close: () => handle.close() };
}

async function start(t: TestContext) {
  const fake = await FakeZooKeeper.start(t);
  const client = ZkClient.of(worldWith({}), [{ host: '127.0.0.1', port: fake.port }]);
  return { fake, client };
}

test('nodes are followed through making, changing and deleting', async (t) => {
  const { fake, client } = await start(t);
  const data = follow(t, client.data('/a/b'));
  const children = follow(t, client.children('/a'));
  await data.until('none');
  await children.until('none');
  fake.put('/a/b', 'one');
  await data.until('one');
  await children.until('[b]');
  fake.put('/a/b', 'two');
  fake.put('/a/c', '');
  await data.until('two');
  await children.until('[b,c]');
  fake.delete('/a/b');
  await data.until('none');
  await children.until('[c]');
  fake.put('/a/b', 'three');
  await data.until('three');
});

test('what was read stays while the connection is gone, and the session is taken up again', async (t) => {
  const { fake, client } = await start(t);
  fake.put('/a', 'one');
  const data = follow(t, client.data('/a'));
  await data.until('one');
  fake.stop();
  fake.put('/a', 'two');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(data.history, ['pending', 'one']);
  await fake.listen();
  await data.until('two');
  assert.ok(fake.asked.includes('connect 101'), fake.asked.join());
  fake.sessions.clear();
  fake.reset();
  fake.put('/a', 'three');
  await data.until('three');
  assert.equal(fake.asked.filter((each) => each === 'connect 0').length, 2);
});

test('a server that falls silent is left', async (t) => {
  const { fake, client } = await start(t);
  fake.timeoutMs = 300;
  fake.put('/a', 'one');
  const data = follow(t, client.data('/a'));
  await data.until('one');
  fake.silent = true;
  const before = fake.asked.length;
  await eventually(() => (fake.watches === 0 ? true : undefined), 'the connection is closed', 10_000);
  fake.silent = false;
  fake.put('/a', 'two');
  fake.reset();
  await data.until('two');
  assert.ok(fake.asked.slice(before).includes('connect 101'));
});

test('the next server of an ensemble is tried; without any, names that were never known fail', async (t) => {
  const { fake } = await start(t);
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  fake.put('/a', 'one');
  const servers = [
    { host: '127.0.0.1', port },
    { host: '127.0.0.1', port: fake.port },
  ];
  for (const random of [() => 0, () => 0.9]) {
    const data = follow(t, ZkClient.of({ ...worldWith({}), random }, servers).data('/a'));
    await data.until('one');
  }
  const nowhere = ZkClient.of(worldWith({}), servers.slice(0, 1));
  const data = follow(t, nowhere.data('/a'));
  await eventually(() => (/^failed: .*ECONNREFUSED/.test(data.history.at(-1) ?? '') ? true : undefined), 'it fails');
});

test('a node that may not be read fails, the others are read', async (t) => {
  const { fake, client } = await start(t);
  fake.put('/a', 'one');
  fake.put('/secret', 'x');
  fake.forbidden.add('/secret');
  await follow(t, client.data('/secret')).until(`failed: ZooKeeper 127.0.0.1:${fake.port}: /secret: not authorized`);
  await follow(t, client.data('/a')).until('one');
});

test('watches go with the last who observes a node, and the session with the last of all', async (t) => {
  const { fake, client } = await start(t);
  fake.put('/a', 'one');
  const [data, children, other] = [
    follow(t, client.data('/a')),
    follow(t, client.children('/a')),
    follow(t, client.data('/b')),
  ];
  await other.until('none');
  await children.until('[]');
  data.close();
  assert.ok(!fake.asked.includes('removeWatches /a'));
  children.close();
  await eventually(() => (fake.asked.includes('removeWatches /a') ? true : undefined), 'the watches are taken back');
  other.close();
  await eventually(() => (fake.asked.at(-1) === 'close' ? true : undefined), 'the session is closed');
  await follow(t, client.data('/a')).until('one');
});

test('there is one client for an ensemble in a world, as long as someone observes', async (t) => {
  const fake = await FakeZooKeeper.start(t);
  const world = worldWith({});
  const of = () => ZkClient.of(world, [{ host: '127.0.0.1', port: fake.port }]);
  const first = of();
  const data = follow(t, first.data('/a'));
  await data.until('none');
  assert.equal(of(), first);
  assert.notEqual(ZkClient.of(worldWith({}), [{ host: '127.0.0.1', port: fake.port }]), first);
  data.close();
  assert.notEqual(of(), first);
});
