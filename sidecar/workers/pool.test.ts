import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { eventually } from '#test/helpers/within.ts';
import { loadLinkerConfig } from '../config.ts';
import { WorkerPool } from './pool.ts';
import { reservePorts } from './reserve-ports.ts';

async function pool(t: TestContext, count: number) {
  const origin = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    origin.closeAllConnections();
    origin.close();
  });
  const { port: to } = origin.address() as AddressInfo;
  const text = `routers: [ { protocol: http, dtab: /svc => /$/inet/127.0.0.1/${to}, servers: [ { port: 0 } ] } ]`;
  const ports = await reservePorts(loadLinkerConfig(text, 'linker.yaml').value.routers);
  const log = recordingLog();
  const world = { clock: systemClock, random: Math.random, env: {}, log, metrics: new Metrics() };
  const made = new WorkerPool({ text, file: 'linker.yaml', ports, level: 'error' }, world);
  t.after(() => made.close());
  await made.start(count);
  const port = ports[0]?.[0] ?? 0;
  const shown = new Metrics();
  const requests = async () => {
    await made.read(shown, world.metrics);
    return flatMetrics(shown)[`rt/http/server/127.0.0.1/${port}/requests`] ?? 0;
  };
  const get = () => exchange(port, 'GET / HTTP/1.1\r\nHost: web\r\n\r\n');
  return { made, port, requests, get, log };
}

test('a thread that ends is replaced, what it had counted stays, and the others go on', async (t) => {
  const { made, port, requests, get, log } = await pool(t, 2);
  for (let i = 0; i < 20; i++) assert.equal((await get()).status, 200);
  assert.equal(await requests(), 20);
  const kept = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(port)));
  const [first, second] = made.threads;
  await first?.terminate();
  assert.equal(await requests(), 20);
  await eventually(() => (made.threads[0] !== first ? true : undefined), 'it is replaced', 20_000);
  assert.equal(made.threads[1], second);
  let served = 0;
  for (const client of kept) {
    const answered = await client
      .send('GET / HTTP/1.1\r\nHost: web\r\n\r\n')
      .then(() => client.response())
      .then(
        () => true,
        () => false,
      );
    if (answered) served += 1;
    client.close();
  }
  assert.ok(served > 0 && served < 20, `${served} of 20 connections were those of the other thread`);
  await eventually(() => log.lines.some(({ event }) => event === 'worker replaced') || undefined, 'so it says', 20_000);
  for (let i = 0; i < 20; i++) assert.equal((await get()).status, 200);
  assert.equal(await requests(), 40 + served);
});

test('draining ends every thread', async (t) => {
  const { made, port } = await pool(t, 2);
  assert.equal(await made.drain(1000), true);
  await assert.rejects(RawClient.connect(port));
});

test('where the first cannot start there is no pool', async () => {
  const world = { clock: systemClock, random: Math.random, env: {}, log: recordingLog(), metrics: new Metrics() };
  const made = new WorkerPool({ text: 'routers: 5', file: 'linker.yaml', ports: [], level: 'error' }, world);
  await assert.rejects(made.start(2), /linker\.yaml/);
});
