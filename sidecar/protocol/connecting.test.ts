import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import type { Closable } from '#core/closable.ts';
import { address } from '#core/naming/name.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { connectionCounts } from '#test/helpers/h2-transport.ts';
import { eventually } from '#test/helpers/within.ts';
import { Connecting } from './connecting.ts';
import type { Wire } from './wire.ts';

async function listening(t: TestContext, serve: (socket: Socket) => void = () => {}): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function connecting(port: number, verdict?: string) {
  const clock = new ManualClock();
  const counts = connectionCounts();
  const seen: { wire?: Wire; counted?: Closable; why?: string; calls: number } = { calls: 0 };
  const connection = new Connecting(
    {
      ...{ address: address('127.0.0.1', port), connectMs: 1000, clock, counts },
      security:
        verdict === undefined ? undefined : { connectOptions: () => assert.fail(verdict), verdict: () => undefined },
    },
    {
      ready(wire, counted) {
        seen.calls += 1;
        seen.wire = wire;
        seen.counted = counted;
      },
      failed(why) {
        seen.calls += 1;
        seen.why = why;
      },
    },
  );
  return { connection, clock, counts, seen, over: () => eventually(() => seen.calls || undefined, 'it is decided') };
}

describe('a connection on its way', () => {
  test('that arrives is the taker’s, and counts as open until it is closed, once', async (t) => {
    const { seen, counts, over, clock } = connecting(await listening(t));
    assert.deepEqual([counts.connects.value, counts.open], [0, 0]);
    await over();
    assert.deepEqual([counts.connects.value, counts.open, counts.closes.value], [1, 1, 0]);
    clock.advance(5000);
    assert.deepEqual([seen.why, seen.wire?.socket.destroyed], [undefined, false]);
    seen.counted?.close();
    seen.counted?.close();
    assert.deepEqual([counts.connects.value, counts.open, counts.closes.value], [1, 0, 1]);
    seen.wire?.destroy();
    assert.equal(seen.calls, 1);
  });

  test('that is refused fails with the reason, and is counted nowhere', async () => {
    const { seen, counts, over } = connecting(await freePort());
    await over();
    assert.match(seen.why ?? '', /ECONNREFUSED/);
    assert.deepEqual([counts.connects.value, counts.closes.value, counts.open], [0, 0, 0]);
  });

  test('linkerd1: connect timeout 1 s: one that takes too long fails', async (t) => {
    const { seen, clock, over } = connecting(await listening(t));
    clock.advance(1000);
    await over();
    assert.deepEqual([seen.why, seen.calls], ['connection timed out after 1000 ms', 1]);
  });

  test('fails later, not at once, where TLS cannot be had', async (t) => {
    const { seen, over } = connecting(await listening(t), 'no key');
    assert.equal(seen.calls, 0);
    await over();
    assert.equal(seen.why, 'no key');
  });

  test('that is given up says why; cancelled, nothing', async (t) => {
    const port = await listening(t);
    const givenUp = connecting(port);
    givenUp.connection.giveUp('client closed');
    assert.equal(givenUp.seen.why, 'client closed');
    const cancelled = connecting(port);
    cancelled.connection.cancel();
    cancelled.connection.giveUp('late');
    cancelled.clock.advance(1000);
    assert.equal(cancelled.seen.calls, 0);
  });
});
