import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeZooKeeper } from '#test/helpers/fake-zookeeper.ts';
import { eventually } from '#test/helpers/within.ts';
import { ManualClock, systemClock } from '../clock.ts';
import { ZkConnection } from './connection.ts';
import { noSession } from './protocol.ts';

function open(t: TestContext, port: number, clock = systemClock) {
  const said: string[] = [];
  const connection = new ZkConnection({ host: '127.0.0.1', port }, noSession, 0n, clock, {
    connected: (session) => said.push(`connected ${session.id}`),
    fired: (path) => said.push(`fired ${path}`),
    ended: (why, expired) => said.push(`ended ${why} ${expired}`),
  });
  t.after(() => connection.close());
  const until = (text: string) => eventually(() => (said.includes(text) ? true : undefined), `${text} in ${said}`);
  return { connection, said, until };
}

async function serving(t: TestContext, bytes: Buffer | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (bytes !== undefined) socket.write(bytes);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('questions are answered in order, and watches fire once', async (t) => {
  const fake = await FakeZooKeeper.start(t);
  fake.put('/a', 'x');
  const { connection, until, said } = open(t, fake.port);
  await until('connected 101');
  const answers: string[] = [];
  const note = (what: string) => (answer: { kind: string; body?: unknown }) =>
    answers.push(`${what} ${answer.kind} ${answer.body === undefined ? 'none' : 'there'}`);
  connection.ask('getData', '/a', note('a'));
  connection.ask('exists', '/b', note('b'));
  await eventually(() => (answers.length === 2 ? true : undefined), 'both are answered');
  assert.deepEqual(answers, ['a ok there', 'b ok none']);
  fake.put('/a', 'y');
  fake.put('/a', 'z');
  fake.put('/b', '');
  await until('fired /b');
  assert.deepEqual(said, ['connected 101', 'fired /a', 'fired /b']);
  assert.equal(connection.zxid >= 2n, true);
});

test('nonsense, and frames without end, are the end', async (t) => {
  const long = open(t, await serving(t, Buffer.from('7fffffff', 'hex')));
  await long.until('ended not understood: a frame of 2147483647 bytes false');
  const short = open(t, await serving(t, Buffer.from('0000000100', 'hex')));
  await eventually(() => (short.said.some((s) => s.startsWith('ended not understood')) ? true : undefined), 'it ends');
});

test('a server that says nothing is given up after five seconds', async (t) => {
  const clock = new ManualClock();
  const { said } = open(t, await serving(t, undefined), clock);
  clock.advance(4999);
  assert.deepEqual(said, []);
  clock.advance(1);
  assert.deepEqual(said, ['ended no session within 5000 ms false']);
});
