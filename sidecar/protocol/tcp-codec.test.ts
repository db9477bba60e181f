import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { call } from '#test/helpers/exchanges.ts';
import { connectionCounts } from '#test/helpers/h2-transport.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Codec, ConnectParts, ListenParts } from './codec.ts';
import { tcp, tcpMesh } from './tcp-codec.ts';

const limits = { line: 1000, headers: 2000, gather: 0, streams: 10, window: 65_536 };

function connectParts(port: number): ConnectParts {
  const counts = connectionCounts();
  return {
    address: address('127.0.0.1', port),
    security: undefined,
    limits,
    connectMs: 2000,
    clock: systemClock,
    counts,
  };
}

async function listen(t: TestContext, codec: Codec, send: (x: Exchange) => void): Promise<number> {
  const parts: ListenParts = {
    ...{ ip: '127.0.0.1', port: 0, tls: undefined, errorBytes: 100, clearContext: false, native: undefined, limits },
    counts: { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 },
    ...{ clock: systemClock, service: { send }, refused() {} },
  };
  const listener = await codec.listen(parts);
  t.after(() => listener.close());
  return listener.port;
}

/** Sends what it gets back. */
async function echo(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a connection is a tunnel without a name, for the router to give', async (t) => {
  const to = await echo(t);
  const names: string[] = [];
  const transport = tcp.connect(connectParts(to));
  const port = await listen(t, tcp, (x) => {
    names.push(x.request.host);
    transport.send(x);
  });
  using client = await RawClient.connect(port);
  await client.send('hello');
  assert.equal(String(await client.bytes(5)), 'hello');
  client.halfClose();
  assert.equal(await client.closed, 'fin');
  assert.deepEqual(names, ['']);
});

test('between linkers tunnels share a connection, and each says its name', async (t) => {
  const origin = tcp.connect(connectParts(await echo(t)));
  const names: string[] = [];
  const far = await listen(t, tcpMesh, (x) => {
    names.push(x.request.host);
    origin.send(x);
  });
  const parts = connectParts(far);
  const transport = tcpMesh.connect(parts);
  t.after(() => transport.close());
  const calls = ['mysql:1', 'smtp:2'].map((host) => call({ method: 'CONNECT', uri: host, host, streamed: -1 }));
  for (const { x } of calls) transport.send(x);
  for (const { x, caller } of calls) {
    await eventually(() => caller.responses[0], 'the tunnel stands');
    x.upstream?.write(Buffer.from(x.request.host), 0, x.request.host.length);
    x.upstream?.finish('');
    assert.deepEqual(await over(caller), [200]);
  }
  assert.deepEqual(
    [calls.map(({ caller }) => caller.body), names],
    [
      ['mysql:1', 'smtp:2'],
      ['mysql:1', 'smtp:2'],
    ],
  );
  assert.equal(parts.counts.connects.value, 1);
});

test('a tunnel that the far linker cannot have was never begun: another replica may be asked', async (t) => {
  const far = await listen(t, tcpMesh, (x) => x.refuse('unbound', 'nowhere'));
  const transport = tcpMesh.connect(connectParts(far));
  t.after(() => transport.close());
  const { x, caller } = call({ method: 'CONNECT', host: 'db:1', streamed: -1 });
  transport.send(x);
  assert.deepEqual(await over(caller), ['nacked']);
  assert.match(x.error?.message ?? '', /refused the tunnel with 502/);
  assert.deepEqual([caller.flows, caller.responses, x.replayable], [0, [], true]);
});

test('a request that is none for a tunnel is refused', async (t) => {
  const far = await listen(t, tcpMesh, () => assert.fail('it was let through'));
  const transport = tcpMesh.connect(connectParts(far));
  t.after(() => transport.close());
  const { x, caller } = call();
  transport.send(x);
  assert.deepEqual(await over(caller), [400]);
});
