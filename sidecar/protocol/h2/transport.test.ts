import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { ManualClock, systemClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { call } from '#test/helpers/exchanges.ts';
import { type Fields, goaway, H2Peer, headers, settings, settingsAck } from '#test/helpers/h2-peer.ts';
import { connectionCounts, h2Connected } from '#test/helpers/h2-transport.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { tlsClient } from '#test/helpers/tls-client.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../../router/errors.ts';
import type { Transport } from '../../router/transport.ts';
import { Code, Setting, Type } from './frame.ts';
import { hpackForm } from './hpack-form.ts';
import { H2Transport, type H2TransportParts } from './transport.ts';

const ok: Fields = [[':status', '200']];

describe('the streams an origin allows', () => {
  test('are all used, and further connections made for what is beyond them, eight at most', async () => {
    await using one = await h2Connected({ hello: settings([Setting.maxStreams, 2]) });
    const first = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    await peer.settled();
    const more = Array.from({ length: 30 }, () => one.send());
    await eventually(() => (one.origin.peers.length === 8 ? true : undefined), 'there are eight connections');
    const open = new Map<H2Peer, number>();
    for (const each of one.origin.peers) open.set(each, 0);
    let answered = 0;
    const peers = [...one.origin.peers];
    // One request was read above. Answering makes room, and room is used.
    peer.send(headers(1, ok));
    while (answered < 30) {
      for (const each of peers) {
        const heads = (await each.settled()).filter(({ type }) => type === Type.headers);
        for (const { stream } of heads) {
          answered += 1;
          each.send(headers(stream, ok));
        }
      }
    }
    for (const { caller } of [first, ...more]) assert.deepEqual(await over(caller), [200]);
    assert.equal(one.origin.peers.length, 8);
  });

  test('are never exceeded once they are known', async () => {
    await using one = await h2Connected({ hello: settings([Setting.maxStreams, 3]) });
    one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    await peer.settled();
    for (let i = 0; i < 10; i++) one.send();
    await eventually(() => (one.origin.peers.length > 1 ? true : undefined), 'another connection is made');
    const heads = (await peer.settled()).filter(({ type }) => type === Type.headers);
    assert.equal(heads.length, 2);
  });

  test('may be raised later, and are used then', async () => {
    await using one = await h2Connected({ hello: settings([Setting.maxStreams, 0]) });
    const { caller } = one.send(); // sent before the settings came
    await (await one.peer()).until(Type.headers, 1);
    const second = one.send();
    await eventually(() => (one.origin.peers.length >= 2 ? true : undefined), 'another connection is tried');
    const peer = await one.peer();
    peer.send(settings([Setting.maxStreams, 1]), headers(1, ok));
    await over(caller);
    const ends = await Promise.race(
      one.origin.peers.map(async (each) => {
        const head = await each.until(Type.headers);
        each.send(headers(head.stream, ok));
        return over(second.caller);
      }),
    );
    assert.deepEqual(ends, [200]);
  });
});

test('exchanges wait while the connection is made, and one that gives up is not sent', async () => {
  await using one = await h2Connected();
  const [first, second, third] = [one.send(), one.send(), one.send()];
  second.x.waiting?.cancel(second.x, new MeshError('abandoned', 'gone'));
  second.x.waiting = undefined;
  const peer = await one.peer();
  await peer.until(Type.headers, 3);
  assert.deepEqual(await peer.settled(), []);
  peer.send(headers(1, ok), headers(3, ok));
  assert.deepEqual([await over(first.caller), await over(third.caller)], [[200], [200]]);
});

describe('closing', () => {
  test('lets what is in flight end, and then the connection', async () => {
    await using one = await h2Connected();
    const { caller } = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    one.transport.close();
    await peer.settled();
    peer.send(headers(1, ok));
    assert.deepEqual(await over(caller), [200]);
    assert.equal(await peer.closed, 'fin');
  });

  test('gives back what waits for room, to go elsewhere', async () => {
    await using one = await h2Connected({ hello: settings([Setting.maxStreams, 1]) });
    const sent = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    await peer.settled();
    const waiting = Array.from({ length: 20 }, () => one.send());
    await eventually(() => (one.origin.peers.length === 8 ? true : undefined), 'all connections are in use');
    for (const each of one.origin.peers) await each.settled();
    one.transport.close();
    const ended = waiting.filter(({ caller }) => caller.ends.length > 0);
    assert.equal(ended.length, 13);
    for (const { caller } of ended) assert.deepEqual(caller.ends, ['connect']);
    peer.send(headers(1, ok));
    assert.deepEqual(await over(sent.caller), [200]);
  });

  test('gives back what waits for the first connection', async () => {
    await using one = await h2Connected();
    const { caller } = one.send();
    one.transport.close();
    assert.deepEqual(caller.ends, ['connect']);
  });
});

describe('an origin that cannot be had', () => {
  const parts = (port: number, more: Partial<H2TransportParts> = {}): H2TransportParts => ({
    address: address('127.0.0.1', port),
    security: undefined,
    connectMs: 1000,
    clock: systemClock,
    counts: connectionCounts(),
    session: {
      limits: { streams: 100, window: 65_535, headerList: 4000 },
      gather: 0,
      linked: false,
      grantsOnly: false,
    },
    forms: { h2: hpackForm },
    fallback: undefined,
    ...more,
  });

  /** What becomes of one request; the reason of its failure. */
  async function outcome(transport: H2Transport): Promise<string | undefined> {
    const { x, caller } = call();
    transport.send(x);
    await over(caller);
    return x.error === undefined ? undefined : `${x.error.kind}: ${x.error.message}`;
  }

  /** A TLS server that answers HTTP/2 if it is spoken to so. */
  async function secure(t: { after(fn: () => void): void }, options: TlsOptions): Promise<number> {
    const server = createTlsServer(options, async (socket) => {
      socket.on('error', () => {});
      if (socket.alpnProtocol !== 'h2') return;
      const peer = new H2Peer(socket);
      peer.send(settings(), settingsAck);
      await peer.preface();
      const { stream } = await peer.until(Type.headers);
      peer.send(headers(stream, ok), goaway(stream, Code.none));
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  test('because nothing listens', async () => {
    assert.equal(await outcome(new H2Transport(parts(1))), 'connect: connect ECONNREFUSED 127.0.0.1:1');
  });

  test('in time', async (t) => {
    const silent = createTlsServer({}, () => {});
    const server = createServer(() => {}); // takes the connection, and no handshake follows
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    silent.close();
    const clock = new ManualClock();
    const ca = makeCa('ca');
    const security = tlsClient(t, [ca.cert], {}, ['h2']).peer('web.test');
    const { port } = server.address() as AddressInfo;
    const transport = new H2Transport(parts(port, { clock, security }));
    const { x, caller } = call();
    transport.send(x);
    await new Promise((resolve) => setTimeout(resolve, 30));
    clock.advance(1000);
    await over(caller);
    assert.equal(x.error?.message, 'connection timed out after 1000 ms');
  });

  test('over TLS is had where its certificate is the right one, and not otherwise', async (t) => {
    const ca = makeCa('ca');
    const { key, cert } = ca.issue({ cn: 'web.test', dns: ['web.test'] });
    const port = await secure(t, { key, cert, ALPNProtocols: ['h2'] });
    const client = (name: string) => tlsClient(t, [ca.cert], {}, ['h2']).peer(name);
    const counts = connectionCounts();
    const transport = new H2Transport(parts(port, { security: client('web.test'), counts }));
    assert.equal(await outcome(transport), undefined);
    assert.equal(counts.connects.value, 1);
    await eventually(
      () => (counts.open === 0 && counts.encrypted === 0 ? true : undefined),
      'it is closed and counted',
    );
    const refused = await outcome(new H2Transport(parts(port, { security: client('other.test') })));
    assert.match(refused ?? '', /^connect: .*other\.test/);
  });

  test('over HTTP/2 is an error, or a reason to fall back, once and for all', async (t) => {
    const ca = makeCa('ca');
    const { key, cert } = ca.issue({ cn: 'web.test', dns: ['web.test'] });
    const port = await secure(t, { key, cert, ALPNProtocols: ['http/1.1'] });
    const security = tlsClient(t, [ca.cert], {}, ['h2', 'http/1.1']).peer('web.test');
    assert.equal(await outcome(new H2Transport(parts(port, { security }))), 'connect: the peer does not offer h2');
    let made = 0;
    const other: Transport = {
      send: (x) => x.refuse('unbound', 'by the other'),
      close: () => {
        made -= 1;
      },
    };
    const fallback = () => {
      made += 1;
      return other;
    };
    const transport = new H2Transport(parts(port, { security, fallback }));
    for (let i = 0; i < 3; i++) assert.equal(await outcome(transport), 'unbound: by the other');
    assert.equal(made, 1);
    transport.close();
    assert.equal(made, 0);
  });
});
