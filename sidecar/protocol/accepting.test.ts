import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import type { ServerTls } from '#core/tls/server.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { serverEnd } from '#test/helpers/tls-server.ts';
import { eventually, within } from '#test/helpers/within.ts';
import type { Caller } from '../router/caller.ts';
import { Acceptor, type Connection } from './accepting.ts';
import type { Wire } from './wire.ts';

/** A connection that echoes, and ends at once when it is told to drain. */
class Echo implements Connection {
  readonly caller: Caller;
  readonly protocol: string | undefined;
  readonly events: string[] = [];
  readonly idle = true;
  begun = 0;
  wire: Wire | undefined;
  readonly #forget: (connection: Connection) => void;

  constructor(caller: Caller, protocol: string | undefined, forget: (connection: Connection) => void) {
    this.caller = caller;
    this.protocol = protocol;
    this.#forget = forget;
  }
  attach(wire: Wire): void {
    this.wire = wire;
    this.events.push('attached');
  }
  drain(): void {
    this.events.push('drain');
    this.wire?.leave();
  }
  data(bytes: Buffer, from: number, to: number): void {
    this.events.push(bytes.toString('latin1', from, to));
    this.wire?.write(bytes, from, to);
  }
  full(): void {}
  drained(): void {}
  closed(): void {
    this.events.push('closed');
    this.#forget(this);
  }
}

const parts = {
  ip: '127.0.0.1',
  port: 0,
  limits: { line: 1, headers: 1, gather: 1, streams: 1, window: 1 },
  errorBytes: 1,
  clearContext: false,
  service: { send() {} },
  native: undefined,
  clock: systemClock,
};

async function acceptor(tls?: ServerTls, port = 0) {
  const connections: Echo[] = [];
  const refused: string[] = [];
  const counts = { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 };
  const made: Acceptor = new Acceptor(
    { ...parts, port, tls, counts, refused: (why) => void refused.push(why) },
    (caller, protocol) => {
      const echo = new Echo(caller, protocol, (connection) => made.forget(connection));
      connections.push(echo);
      return echo;
    },
  );
  await made.listen();
  return { made, connections, refused, counts, [Symbol.dispose]: () => made.close() };
}

/** However it ends. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test('a caller has its connection, which has its wire before the first byte; both are counted', async () => {
  using one = await acceptor();
  const socket = connect(one.made.port, '127.0.0.1');
  socket.end('hello');
  const [echoed] = (await once(socket, 'data')) as [Buffer];
  assert.equal(echoed.toString(), 'hello');
  const [connection] = one.connections;
  assert.deepEqual(connection?.events.slice(0, 2), ['attached', 'hello']);
  assert.deepEqual([connection?.caller.end.port, connection?.caller.encrypted], [socket.localPort, false]);
  assert.equal(connection?.protocol, undefined);
  await eventually(() => (one.counts.open === 0 ? true : undefined), 'it is closed');
  assert.deepEqual([one.counts.connects.value, one.counts.closes.value], [1, 1]);
  assert.deepEqual([one.counts.received, one.counts.sent], [5, 5]);
});

test('an address that is taken is an error', async () => {
  using one = await acceptor();
  await assert.rejects(acceptor(undefined, one.made.port), /EADDRINUSE/);
});

test('a caller that cannot be accepted is told of, and the next one is served', async (t) => {
  const listening = t.mock.method(Server.prototype, 'listen');
  using one = await acceptor();
  const server = listening.mock.calls[0]?.this as Server;
  server.emit('error', new Error('accept EMFILE')); // as Node does where the system has no descriptor left
  assert.deepEqual(one.refused, ['accept EMFILE']);
  const socket = connect(one.made.port, '127.0.0.1');
  socket.end('hello');
  const [echoed] = (await once(socket, 'data')) as [Buffer];
  assert.equal(echoed.toString(), 'hello');
});

describe('draining', () => {
  test('takes no further caller, tells the ones there are, and is over when the last is gone', async () => {
    using one = await acceptor();
    const sockets = [connect(one.made.port, '127.0.0.1'), connect(one.made.port, '127.0.0.1')];
    for (const socket of sockets) await once(socket, 'connect');
    await eventually(() => (one.connections.length === 2 ? true : undefined), 'both are here');
    const { port } = one.made;
    const over = one.made.drain();
    assert.equal(one.made.draining, true);
    const late = connect(port, '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
    await within(2000, over, () => 'the end');
    for (const { events } of one.connections) assert.deepEqual(events, ['attached', 'drain', 'closed']);
  });

  test('without callers is over at once', async () => {
    using one = await acceptor();
    await within(100, one.made.drain(), () => 'the end');
  });

  test('tells a caller whose handshake was under way', async () => {
    using one = await acceptor(serverEnd([]));
    const raw = connect(one.made.port, '127.0.0.1');
    await once(raw, 'connect');
    await new Promise((resolve) => setTimeout(resolve, 20));
    void one.made.drain();
    const socket = connectTls({ socket: raw, rejectUnauthorized: false });
    socket.on('error', () => {});
    socket.resume();
    await closed(socket);
    assert.deepEqual(one.connections[0]?.events.slice(0, 2), ['attached', 'drain']);
  });
});

test('closing cuts every connection', async () => {
  using one = await acceptor();
  const socket = connect(one.made.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  await eventually(() => one.connections[0], 'it is here');
  one.made.close();
  await closed(socket);
  assert.deepEqual(one.connections[0]?.events, ['attached', 'closed']);
});

test('a caller may go on in another protocol, from the bytes on that its first one left', async () => {
  using one = await acceptor();
  const socket = connect(one.made.port, '127.0.0.1');
  await once(socket, 'connect');
  const first = await eventually(() => one.connections[0], 'it is here');
  const next = new Echo(first.caller, 'next', (connection) => one.made.forget(connection));
  one.made.replace(first, next, Buffer.from('left over'));
  assert.deepEqual(next.events, ['attached', 'left over']);
  socket.write(' and more');
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes));
  await eventually(() => (got === 'left over and more' ? true : undefined), 'all is echoed');
  assert.deepEqual(first.events, ['attached']);
  assert.deepEqual([one.counts.connects.value, one.counts.open], [1, 1]);
  socket.destroy();
  await eventually(() => (one.counts.open === 0 ? true : undefined), 'it is closed');
  one.made.replace(first, first, Buffer.alloc(0)); // too late: nothing happens
  assert.deepEqual(first.events, ['attached']);
});

describe('over TLS', () => {
  test('a connection knows what ALPN chose', async () => {
    using one = await acceptor(serverEnd(['h2', 'http/1.1']));
    for (const [offered, chosen] of [
      [['http/1.1', 'h2'], 'h2'],
      [['http/1.1'], 'http/1.1'],
      [[], undefined],
    ] as const) {
      const options = {
        port: one.made.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: [...offered],
      };
      const socket = connectTls(options);
      socket.write('hello');
      await once(socket, 'data');
      const connection = one.connections.at(-1);
      assert.deepEqual([connection?.protocol, connection?.caller.encrypted], [chosen, true]);
      socket.destroy();
    }
  });

  test('a caller without the certificate that is asked for is refused, and that is told', async () => {
    const clients = makeCa('clients');
    using one = await acceptor(serverEnd([], makeCa('ca'), clients));
    const socket = connectTls({ port: one.made.port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => {});
    socket.resume();
    await closed(socket);
    await eventually(() => one.refused[0], 'it is told');
    assert.match(one.refused[0] ?? '', /certificate/);
    assert.deepEqual([one.connections.length, one.counts.connects.value], [0, 0]);
  });

  test('a caller that the verdict is against never gets a connection', async () => {
    using one = await acceptor({ ...serverEnd([]), verdict: () => 'not you' });
    const socket = connectTls({ port: one.made.port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => {});
    socket.resume();
    await closed(socket);
    await eventually(() => one.refused[0], 'it is told');
    assert.deepEqual([one.refused, one.connections.length], [['not you'], 0]);
  });
});
