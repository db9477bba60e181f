import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { ManualClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import type { TlsPeer } from '#core/tls/client.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { call } from '#test/helpers/exchanges.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { connectionCounts } from '#test/helpers/h2-transport.ts';
import { serve } from '#test/helpers/http1-server.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { tlsClient } from '#test/helpers/tls-client.ts';
import { serverEnd } from '#test/helpers/tls-server.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../router/errors.ts';
import type { ConnectParts } from './codec.ts';
import { tunnel as connect } from './tunnel.ts';

const limits = { line: 100, headers: 100, gather: 0, streams: 1, window: 1 };

/** Where tunnels lead: keeps what it gets. */
async function origin(t: TestContext, tls?: ReturnType<typeof serverEnd>) {
  const sockets: Socket[] = [];
  const got = { text: '', ended: false };
  const serve = (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => (got.text += bytes.toString('latin1')));
    socket.on('end', () => (got.ended = true));
  };
  const server = tls
    ? createTlsServer({ ...tls.options, allowHalfOpen: true }, serve)
    : createServer({ allowHalfOpen: true }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const socket = () => eventually(() => sockets[0], 'the origin is connected');
  return { got, socket, port: (server.address() as AddressInfo).port };
}

function parts(port: number, security?: TlsPeer): ConnectParts & { readonly clock: ManualClock } {
  const counts = connectionCounts();
  return { address: address('127.0.0.1', port), security, limits, connectMs: 1000, clock: new ManualClock(), counts };
}

/** An exchange whose tunnel is being made. */
function tunnel(to: ConnectParts) {
  const { x, caller } = call({ method: 'CONNECT', uri: 'web:443', streamed: -1 });
  connect(to, x);
  return { x, caller, granted: () => eventually(() => caller.responses[0], 'the tunnel stands') };
}

test('bytes pass both ways once the origin is there, and the caller has had a 200 of no length before', async (t) => {
  const there = await origin(t);
  const one = tunnel(parts(there.port));
  assert.deepEqual(await one.granted(), { status: 200, length: -1 });
  assert.deepEqual([one.x.switched, one.caller.flows], [true, 1]);
  one.x.upstream?.write(Buffer.from('<hello>'), 1, 6);
  await eventually(() => (there.got.text === 'hello' ? true : undefined), 'the origin has it');
  (await there.socket()).write('\x00\xff back', 'latin1');
  await eventually(() => (one.caller.body === '\x00\xff back' ? true : undefined), 'the answer is back');
});

test('what the caller has ended ends at the origin, which may still say its last words', async (t) => {
  const there = await origin(t);
  const to = parts(there.port);
  const one = tunnel(to);
  await one.granted();
  one.x.upstream?.finish('');
  await eventually(() => (there.got.ended ? true : undefined), 'the origin sees the end');
  assert.deepEqual([one.caller.finished, one.caller.ends, to.counts.open], [undefined, [], 1]);
  (await there.socket()).end('bye');
  assert.deepEqual(await over(one.caller), [200]);
  assert.deepEqual([one.caller.body, one.caller.finished], ['bye', '']);
});

test('what the origin has ended ends for the caller, whose last words it still gets; then the connection is counted out', async (t) => {
  const there = await origin(t);
  const to = parts(there.port);
  const one = tunnel(to);
  await one.granted();
  assert.deepEqual([to.counts.connects.value, to.counts.closes.value, to.counts.open], [1, 0, 1]);
  (await there.socket()).end('bye');
  await eventually(() => one.caller.finished, 'the caller has the end');
  assert.deepEqual([one.caller.body, one.caller.ends], ['bye', []]);
  one.x.upstream?.write(Buffer.from('last words'), 0, 10);
  one.x.upstream?.finish('');
  assert.deepEqual(await over(one.caller), [200]);
  await eventually(() => (there.got.ended ? true : undefined), 'the origin has the end');
  assert.equal(there.got.text, 'last words');
  assert.deepEqual([to.counts.connects.value, to.counts.closes.value, to.counts.open], [1, 1, 0]);
  assert.deepEqual([one.x.carriedUp, one.x.carriedDown], [10, 3]);
});

test('a reset by the origin is a failure, not an end', async (t) => {
  const there = await origin(t);
  const one = tunnel(parts(there.port));
  await one.granted();
  (await there.socket()).resetAndDestroy();
  assert.deepEqual(await over(one.caller), ['reset']);
  assert.equal(one.caller.finished, undefined);
});

test('a caller that gives up resets the connection to the origin', async (t) => {
  const there = await origin(t);
  const one = tunnel(parts(there.port));
  await one.granted();
  const reset = new Promise((resolve) => there.socket().then((socket) => socket.once('error', resolve)));
  await there.socket();
  one.x.abort(new MeshError('abandoned', 'gone'));
  assert.match(String(await reset), /ECONNRESET/);
});

test('one that carries nothing for too long is cut off, though one side has ended', async (t) => {
  const there = await origin(t);
  const to = { ...parts(there.port), idleMs: 1000 };
  const one = tunnel(to);
  await one.granted();
  to.clock.advance(900);
  one.x.upstream?.write(Buffer.from('x'), 0, 1);
  one.x.upstream?.finish('');
  await eventually(() => (there.got.ended ? true : undefined), 'the origin has the end');
  to.clock.advance(900);
  assert.deepEqual(one.caller.ends, []);
  to.clock.advance(100);
  assert.deepEqual(await over(one.caller), ['reset']);
  assert.equal(one.x.error?.message, 'nothing carried for 1000 ms');
});

describe('a tunnel that cannot be made is a failure to connect', () => {
  test('where nobody listens', async () => {
    const one = tunnel(parts(await freePort()));
    assert.deepEqual(await over(one.caller), ['connect']);
    assert.match(one.x.error?.message ?? '', /ECONNREFUSED/);
    assert.deepEqual(one.caller.responses, []);
  });

  test('where it takes too long', async (t) => {
    const silent = await origin(t); // takes the connection, and never says a word of TLS
    const to = parts(silent.port, tlsClient(t, undefined, { disableValidation: true }).peer('web.test'));
    const one = tunnel(to);
    await silent.socket();
    to.clock.advance(999);
    assert.deepEqual(one.caller.ends, []);
    to.clock.advance(1);
    assert.deepEqual(await over(one.caller), ['connect']);
    assert.equal(one.x.error?.message, 'connection timed out after 1000 ms');
    await eventually(() => (silent.got.ended ? true : undefined), 'the connection is given up');
  });

  test('where the origin is another one than was meant, which gets nothing', async (t) => {
    const ca = makeCa('ca');
    const there = await origin(t, serverEnd([], ca));
    const to = parts(there.port, tlsClient(t, [ca.cert]).peer('other.test'));
    const one = tunnel(to);
    assert.deepEqual(await over(one.caller), ['connect']);
    assert.match(one.x.error?.message ?? '', /other\.test/);
    assert.deepEqual([there.got.text, to.counts.connects.value, to.counts.open], ['', 0, 0]);
  });

  test('where the handshake is done and the verdict is against the origin, which gets nothing', async (t) => {
    const there = await origin(t, serverEnd([]));
    const anyone = tlsClient(t, undefined, { disableValidation: true }).peer('web.test');
    const one = tunnel(parts(there.port, { ...anyone, verdict: () => 'not you' }));
    assert.deepEqual(await over(one.caller), ['connect']);
    assert.deepEqual([one.x.error?.message, one.caller.responses, there.got.text], ['not you', [], '']);
  });
});

test('over TLS bytes pass as well, and the connection counts as encrypted while it is open', async (t) => {
  const ca = makeCa('ca');
  const there = await origin(t, serverEnd([], ca));
  const to = parts(there.port, tlsClient(t, [ca.cert]).peer('web.test'));
  const one = tunnel(to);
  await one.granted();
  assert.deepEqual([to.counts.open, to.counts.encrypted], [1, 1]);
  one.x.upstream?.write(Buffer.from('hello'), 0, 5);
  await eventually(() => (there.got.text === 'hello' ? true : undefined), 'the origin has it');
  (await there.socket()).end('bye');
  await eventually(() => one.caller.finished, 'the caller has the end');
  one.x.upstream?.finish('');
  await over(one.caller);
  assert.deepEqual([one.caller.body, to.counts.open, to.counts.encrypted], ['bye', 0, 0]);
});

test('the caller is stopped where the origin is slow, and goes on when it has caught up', async (t) => {
  const there = await origin(t);
  const one = tunnel(parts(there.port));
  await one.granted();
  const slow = await there.socket();
  slow.pause();
  const bytes = Buffer.alloc(100_000, 'x');
  let wrote = 0;
  for (; !one.caller.paused && wrote < 100_000_000; wrote += bytes.length)
    one.x.upstream?.write(bytes, 0, bytes.length);
  assert.ok(wrote < 100_000_000, 'the caller was stopped');
  slow.resume();
  await eventually(() => (one.caller.paused ? undefined : true), 'the caller may go on');
  await eventually(() => (there.got.text.length === wrote ? true : undefined), 'nothing is lost');
});

test('the origin is stopped where the caller is slow', async (t) => {
  const there = await origin(t);
  const one = tunnel(parts(there.port));
  await one.granted();
  one.x.upstream?.pause();
  const fast = await there.socket();
  const bytes = Buffer.alloc(20_000_000, 'x');
  fast.write(bytes);
  await eventually(() => (fast.bytesWritten > 0 ? true : undefined), 'it is sending');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(one.caller.body.length <= 100_000, `${one.caller.body.length} bytes came all the same`);
  one.x.upstream?.resume();
  await eventually(() => (one.caller.body.length === bytes.length ? true : undefined), 'all has come');
});

test('a caller that goes away closes the connection to the origin, before the tunnel stands and after', async (t) => {
  const tls = tlsClient(t, undefined, { disableValidation: true });
  for (const stands of [false, true]) {
    const there = await origin(t);
    const to = parts(there.port, stands ? undefined : tls.peer('web.test')); // no handshake is ever answered
    using server = await serve((x) => void connect(to, x));
    const client = await RawClient.connect(server.port);
    await client.send('CONNECT web:443 HTTP/1.1\r\nHost: web:443\r\n\r\n');
    const socket = await there.socket();
    if (stands) await eventually(() => (to.counts.open === 1 ? true : undefined), 'the tunnel stands');
    assert.deepEqual([to.counts.open, socket.destroyed, there.got.ended], [stands ? 1 : 0, false, false]);
    client.reset();
    await eventually(() => (there.got.ended || socket.destroyed ? true : undefined), 'the origin sees it');
    assert.deepEqual(
      [to.counts.connects.value, to.counts.closes.value, to.counts.open],
      stands ? [1, 1, 0] : [0, 0, 0],
    );
  }
});
