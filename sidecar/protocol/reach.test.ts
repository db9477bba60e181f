import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { reach } from './reach.ts';

const reached = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const to = { address: address('127.0.0.1', port), security: undefined };
    reach(to, { clock: systemClock, withinMs: 10_000 }, resolve);
  });

test('a port that listens is reached, and left again; one that does not is not', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const left = new Promise<void>((resolve) =>
    server.once('connection', (socket) =>
      socket
        .on('error', () => {})
        .resume()
        .once('close', () => resolve()),
    ),
  );
  assert.equal(await reached(port), true);
  await left;
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await reached(port), false);
});

test('what is closed says nothing', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const told: boolean[] = [];
  const to = { address: address('127.0.0.1', port), security: undefined };
  reach(to, { clock: systemClock, withinMs: 10_000 }, (ok) => told.push(ok)).close();
  assert.equal(await reached(port), true);
  assert.deepEqual(told, []);
  await new Promise((resolve) => server.close(resolve));
});
