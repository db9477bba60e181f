import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Metrics } from '#core/telemetry/metrics.ts';
import { absorb } from '#core/telemetry/snapshot.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { loadLinkerConfig } from '../config.ts';
import type { FromWorker, WorkerTask } from './messages.ts';
import { reservePorts } from './reserve-ports.ts';

async function start(t: TestContext, text: string, ports: WorkerTask['ports'] = []) {
  const task: WorkerTask = { text, file: 'linker.yaml', ports, level: 'error' };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  t.after(() => worker.terminate());
  worker.on('error', () => {});
  const [message] = (await once(worker, 'message')) as [FromWorker];
  return { worker, message };
}

async function serving(t: TestContext) {
  const origin = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    origin.closeAllConnections();
    origin.close();
  });
  const { port: to } = origin.address() as AddressInfo;
  const text = `routers: [ { protocol: http, dtab: /svc => /$/inet/127.0.0.1/${to}, servers: [ { port: 0 } ] } ]`;
  const ports = await reservePorts(loadLinkerConfig(text, 'linker.yaml').value.routers);
  return { ...(await start(t, text, ports)), port: ports[0]?.[0] ?? 0 };
}

const get = (port: number) => exchange(port, 'GET / HTTP/1.1\r\nHost: web\r\n\r\n');

test('it says when it listens, tells what it has counted, and drains', async (t) => {
  const { worker, message, port } = await serving(t);
  assert.equal(message.kind, 'listening');
  assert.equal((await get(port)).status, 200);
  worker.postMessage({ kind: 'ask', id: 7 });
  const [told] = (await once(worker, 'message')) as [FromWorker];
  if (told.kind !== 'state') assert.fail(told.kind);
  assert.deepEqual([told.id, told.state.clients[0]?.length], [7, 1]);
  worker.postMessage({ kind: 'drain', graceMs: 1000 });
  const [drained] = (await once(worker, 'message')) as [FromWorker];
  assert.deepEqual([drained.kind, drained.kind === 'drained' && drained.clean], ['drained', true]);
});

test('an error that nobody expected is its end, and it says what it had counted', async (t) => {
  const { worker, port } = await serving(t);
  assert.equal((await get(port)).status, 200);
  worker.postMessage(null);
  const [told] = (await once(worker, 'message')) as [FromWorker];
  if (told.kind !== 'failed' || told.state === undefined) assert.fail(told.kind);
  assert.match(told.why, /TypeError/);
  const metrics = new Metrics();
  absorb(metrics, told.state.metrics);
  assert.equal(metrics.counter('rt', 'http', 'server', `127.0.0.1/${port}`, 'requests').value, 1);
  const [code] = (await once(worker, 'exit')) as [number];
  assert.equal(code, 1);
});

test('one that cannot start says why', async (t) => {
  const { message } = await start(t, 'routers: 5');
  assert.equal(message.kind, 'failed');
});
