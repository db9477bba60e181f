import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { call } from '#test/helpers/exchanges.ts';
import { connectionCounts } from '#test/helpers/h2-transport.ts';
import { value } from '#test/helpers/http1-message.ts';
import { reply } from '#test/helpers/http1-server.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually, within } from '#test/helpers/within.ts';
import type { Exchange } from '../../router/exchange.ts';
import type { Connection } from '../accepting.ts';
import type { Wire } from '../wire.ts';
import { type BecomeH2, http1Side, http1With } from './codec.ts';

const get = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';
const connect = 'CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\n\r\n';
const granted = 'HTTP/1.1 200 Connection established\r\n\r\n';
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const limits = { line: 1000, headers: 2000, gather: 10, streams: 100, window: 65_535 };

/** What stands for HTTP/2: keeps what it hears, and says `heard` after each piece. */
class Other implements Connection {
  heard = '';
  told = '';
  readonly idle = true;
  readonly begun = 0;
  readonly #over: (connection: Connection) => void;
  #wire: Wire | undefined;

  constructor(over: (connection: Connection) => void) {
    this.#over = over;
  }
  attach(wire: Wire): void {
    this.#wire = wire;
  }
  drain(): void {
    this.told = 'drain';
    this.#wire?.leave();
  }
  data(bytes: Buffer, from: number, to: number): void {
    this.heard += bytes.toString('latin1', from, to);
    this.#wire?.text('heard');
  }
  full(): void {}
  drained(): void {}
  closed(): void {
    this.#over(this);
  }
}

/** A server of the codec, which takes callers that speak HTTP/2 to an `Other`. */
async function listening(send: (x: Exchange) => void = (x) => reply(x, 'hello'), port = 0) {
  const others: { readonly caller: Parameters<BecomeH2>[0]; readonly connection: Other }[] = [];
  const counts = { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 };
  const sides: ReturnType<typeof http1Side>[] = [];
  const codec = http1With((parts, acceptor) => {
    const becomeH2: BecomeH2 = (caller) => {
      const connection = new Other((over) => acceptor.forget(over));
      others.push({ caller, connection });
      return connection;
    };
    sides.push(http1Side(parts, acceptor, becomeH2));
    return becomeH2;
  });
  const listener = await codec.listen({
    ...{ ip: '127.0.0.1', port, tls: undefined, limits, errorBytes: 1000, clearContext: false, counts },
    ...{ service: { send }, native: undefined, clock: systemClock, refused: () => {} },
  });
  return { codec, listener, others, sides, counts, port: listener.port, [Symbol.dispose]: () => listener.close() };
}

test('what one side of the codec says, the other understands', async () => {
  using server = await listening((x) => reply(x, `${x.request.method} ${x.request.uri} ${x.body}`));
  const transport = server.codec.connect({
    ...{ address: address('127.0.0.1', server.port), security: undefined, limits, connectMs: 1000 },
    ...{ clock: systemClock, counts: connectionCounts() },
  });
  const { x, caller } = call({ method: 'PUT', uri: '/a', body: 'body' });
  transport.send(x);
  assert.deepEqual(await over(caller), [200]);
  assert.equal(caller.body, 'PUT /a body');
  transport.close();
});

test('an address that is taken is an error', async () => {
  using server = await listening();
  await assert.rejects(listening(undefined, server.port), { code: 'EADDRINUSE' });
});

test('a caller that speaks HTTP/2 through CONNECT is handed over, with every byte from the preface on', async () => {
  using server = await listening(() => assert.fail('no request came'));
  const client = await RawClient.connect(server.port);
  await client.send(connect);
  assert.equal((await client.bytes(granted.length)).toString(), granted);
  await client.send(preface.slice(0, 10), 5, `${preface.slice(10)}more`);
  assert.equal((await client.bytes(5)).toString(), 'heard');
  const [other] = server.others;
  assert.deepEqual([server.others.length, other?.connection.heard], [1, `${preface}more`]);
  assert.equal(other?.caller.end.ip, '127.0.0.1');
  assert.deepEqual([server.counts.connects.value, server.counts.open], [1, 1]);
  client.close();
  await eventually(() => (server.counts.open === 0 ? true : undefined), 'it is counted out');
  assert.equal(server.counts.closes.value, 1);
});

test('a drain tells those that were handed over, and ends the others with their answer', async () => {
  const sent: Exchange[] = [];
  using server = await listening((x) => void sent.push(x));
  using busy = await RawClient.connect(server.port);
  await busy.send(get);
  using other = await RawClient.connect(server.port);
  await other.send(connect + preface);
  const handed = await eventually(() => server.others[0], 'it is handed over');
  const x = await eventually(() => sent[0], 'the request has come');
  const drained = server.listener.drain();
  assert.equal(handed.connection.told, 'drain');
  reply(x, 'hello');
  assert.equal(value(await busy.response(), 'connection'), 'close');
  await busy.closed;
  busy.close();
  other.close();
  await within(3000, drained, () => 'the end');
  assert.deepEqual([server.counts.open, server.counts.closes.value], [0, 2]);
});

test('connections know whether their listener drains', async () => {
  using server = await listening();
  const [side] = server.sides;
  assert.equal(side?.draining, false);
  await server.listener.drain();
  assert.equal(side?.draining, true);
});
