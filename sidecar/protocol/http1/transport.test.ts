import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address } from '#core/naming/name.ts';
import { call } from '#test/helpers/exchanges.ts';
import { connected, over } from '#test/helpers/http1-transport.ts';
import { plain } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { http1 } from '../mesh-codec.ts';

/** An origin whose answers wait until the test lets them go, in any order. */
async function holding() {
  const held = new Map<string, () => void>();
  const bed = await connected(async (request, reply) => {
    await new Promise<void>((resolve) => held.set(request.target, resolve));
    await reply.send(plain(200, 'ok'));
  });
  const waiting = (...uris: readonly string[]) =>
    eventually(() => (uris.every((uri) => held.has(uri)) ? true : undefined), `${uris} have come`);
  return { ...bed, waiting, answer: (uri: string) => held.get(uri)?.() };
}

test('exchanges at the same time each have a connection, and the one used last is used next', async () => {
  await using bed = await holding();
  const [a, b] = [bed.send({ uri: '/a' }), bed.send({ uri: '/b' })];
  await bed.waiting('/a', '/b');
  assert.deepEqual([bed.counts.open, bed.counts.cached], [2, 0]);
  bed.answer('/a');
  await over(a.caller);
  bed.answer('/b');
  await over(b.caller);
  assert.deepEqual([bed.counts.open, bed.counts.cached], [2, 2]);
  const c = bed.send({ uri: '/c' });
  await bed.waiting('/c');
  bed.answer('/c');
  await over(c.caller);
  const connection = (uri: string) => bed.origin.requests.find((r) => r.target === uri)?.connection;
  assert.equal(connection('/c'), connection('/b'));
});

test('closing ends idle connections at once, and the others with their answer', async () => {
  await using bed = await holding();
  const [idle, busy] = [bed.send({ uri: '/idle' }), bed.send({ uri: '/busy' })];
  await bed.waiting('/idle', '/busy');
  bed.answer('/idle');
  await over(idle.caller);
  bed.transport.close();
  assert.deepEqual([bed.counts.open, bed.counts.cached], [1, 0]);
  bed.answer('/busy');
  assert.deepEqual(await over(busy.caller), [200]);
  await eventually(() => (bed.counts.open === 0 ? true : undefined), 'the connection is closed');
});

test('an exchange knows where it was sent, IPv6 in brackets', () => {
  for (const [host, shown] of [
    ['127.0.0.1', '127.0.0.1:1'],
    ['::1', '[::1]:1'],
  ] as const) {
    const { x } = call();
    const counts = { connects: { add() {}, value: 0 }, closes: { add() {}, value: 0 } };
    const transport = http1.connect({
      address: address(host, 1),
      security: undefined,
      limits: { line: 100, headers: 100, gather: 0, streams: 1, window: 1 },
      connectMs: 10,
      clock: { now: () => 0, wall: () => 0, after: () => ({ close() {} }) },
      counts: { ...counts, open: 0, encrypted: 0, cached: 0, received: 0, sent: 0 },
    });
    transport.send(x);
    assert.equal(x.address, shown);
    transport.close();
  }
});
