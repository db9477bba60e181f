import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { type Fields, get, H2Peer, headers } from '#test/helpers/h2-peer.ts';
import { answerOn, greeted } from '#test/helpers/h2-server.ts';
import { connectionCounts, upload } from '#test/helpers/h2-transport.ts';
import { begin, finish, piece, reply, takeBody } from '#test/helpers/http1-server.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { tlsClient } from '#test/helpers/tls-client.ts';
import { serverEnd } from '#test/helpers/tls-server.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Exchange } from '../router/exchange.ts';
import { ResponseHead } from '../router/response-head.ts';
import type { Codec, ListenParts } from './codec.ts';
import { h2 } from './h2/codec.ts';
import { http1, mesh, meshProtocols } from './mesh-codec.ts';

const ca = makeCa('ca');
const limits = { line: 1000, headers: 2000, gather: 10, streams: 100, window: 65_535 };

interface Far {
  readonly codec?: Codec;
  readonly alpn?: readonly string[];
  readonly native?: (x: Exchange) => void;
}

/** A linker's server over TLS, the service behind it, and the client of another linker before it. */
async function hop(
  t: { after(fn: () => void): void } & Parameters<typeof tlsClient>[0],
  send: (x: Exchange) => void,
  { codec = mesh, alpn = meshProtocols, native }: Far = {},
) {
  const exchanges: Exchange[] = [];
  const counts: ListenParts['counts'] = {
    connects: new Counter(),
    closes: new Counter(),
    open: 0,
    received: 0,
    sent: 0,
  };
  const listener = await codec.listen({
    ip: '127.0.0.1',
    port: 0,
    tls: serverEnd(alpn, ca),
    limits,
    errorBytes: 1000,
    clearContext: false,
    service: {
      send(x) {
        exchanges.push(x);
        send(x);
      },
    },
    native: native && { send: native },
    clock: systemClock,
    counts,
    refused: () => {},
  });
  const near = connectionCounts();
  const transport = mesh.connect({
    address: address('127.0.0.1', listener.port),
    security: tlsClient(t, [ca.cert]).peer('web.test'),
    limits,
    connectMs: 1000,
    clock: systemClock,
    counts: near,
  });
  t.after(() => {
    transport.close();
    listener.close();
  });
  return {
    ...{ exchanges, counts, near, transport, port: listener.port },
    send(request: CallOptions = {}) {
      const sent = call(request);
      transport.send(sent.x);
      return sent;
    },
  };
}

test('a request crosses as it was: spelling, order, version, length', async (t) => {
  const one = await hop(t, (x) => reply(x, `${x.bodyLength} ${x.body}`));
  const lines = 'X-a: 1\r\naccept: */*\r\nCookie: a\r\nETag: 2\r\n';
  const { caller } = one.send({ method: 'PUT', uri: '/a?b', lines, body: 'body', minor: 0 });
  assert.deepEqual(await over(caller), [200]);
  const { request, via } = one.exchanges[0] ?? assert.fail();
  assert.deepEqual([request.method, request.uri, request.minor, via], ['PUT', '/a?b', 0, '1.0 linkerd']);
  assert.equal(request.lines, `Host: web\r\n${lines}`);
  assert.equal(request.via, '1.1 linkerd');
  assert.equal(caller.body, '4 body');
});

test('an answer crosses as it was: spelling, order, reason, interim ones, trailers', async (t) => {
  const hints = new ResponseHead();
  Object.assign(hints, { status: 103, reason: 'Look Here', lines: 'LINK: </a>\r\n' });
  const one = await hop(t, (x) => {
    x.downstream.inform(hints);
    begin(x, -1, (head) => {
      Object.assign(head, { reason: 'Very Well', lines: 'X-b: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\n', minor: 0 });
    });
    piece(x, 'body');
    finish(x, 'X-Sum: 1\r\nx-end: 2\r\n');
  });
  const { x, caller } = call();
  const informed: string[] = [];
  caller.inform = ({ status, reason, lines }) => void informed.push(`${status} ${reason} ${lines}`);
  one.transport.send(x);
  await over(caller);
  assert.deepEqual(informed, ['103 Look Here LINK: </a>\r\n']);
  const { status, reason, lines, minor, via } = x.response ?? assert.fail();
  assert.deepEqual([status, reason, minor, via], [200, 'Very Well', 0, '1.1 linkerd']);
  assert.equal(lines, 'X-b: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\n');
  assert.deepEqual([caller.body, caller.finished], ['body', 'X-Sum: 1\r\nx-end: 2\r\n']);
});

test('a streamed body crosses with its trailers', async (t) => {
  const one = await hop(t, (x) => takeBody(x, (body, trailers) => reply(x, `${x.bodyLength} ${body} ${trailers}`)));
  const { x, caller } = one.send({ method: 'POST', streamed: -1 });
  await upload(x, caller, ['one', 'two'], 'X-Sum: 1\r\n');
  await over(caller);
  assert.equal(caller.body, '-1 onetwo X-Sum: 1\r\n');
});

test('many exchanges share one connection of TLS', async (t) => {
  const one = await hop(t, (x) => void setImmediate(() => reply(x, x.request.uri)));
  const all = Array.from({ length: 50 }, (_, i) => one.send({ uri: `/${i}` }));
  for (const [i, { caller }] of all.entries()) {
    await over(caller);
    assert.equal(caller.body, `/${i}`);
  }
  assert.deepEqual([one.counts.connects.value, one.near.connects.value, one.near.encrypted], [1, 1, 1]);
});

test('errors of the far linker are answers, as they are over HTTP/1', async (t) => {
  const one = await hop(t, (x) => x.refuse('unidentified', 'who'));
  const { x, caller } = one.send();
  await over(caller);
  assert.deepEqual([x.status, x.response?.get('l5d-err'), caller.body], [400, 'who', 'who']);
});

test('a tunnel crosses: Upgrade and CONNECT', async (t) => {
  for (const [request, protocol] of [
    [{}, 'WebSocket'],
    [{ method: 'CONNECT', uri: 'web:443', host: 'web:443' }, ''],
  ] as const) {
    const one = await hop(t, (x) => {
      x.switched = true;
      begin(x, -1, (head) => {
        Object.assign(head, { status: protocol === '' ? 200 : 101, lines: 'Sec-WebSocket-Accept: x\r\n' });
      });
      const upstream = { write: (b: Buffer, from: number, to: number) => piece(x, `echo ${b.subarray(from, to)}`) };
      x.upstream = { ...upstream, finish: () => finish(x), pause() {}, resume() {} };
      x.downstream.flow(x);
    });
    const { x, caller } = call({ ...request, ...(protocol === '' && { streamed: -1 }) });
    x.request.protocol = protocol;
    one.transport.send(x);
    await eventually(() => caller.responses[0], 'it is granted');
    assert.equal(x.switched, true);
    assert.equal(x.response?.lines, 'Sec-WebSocket-Accept: x\r\n');
    assert.equal(one.exchanges[0]?.request.protocol, protocol);
    x.upstream?.write(Buffer.from('hello'), 0, 5);
    await eventually(() => (caller.body === 'echo hello' ? true : undefined), 'the echo is here');
    x.upstream?.finish('');
    await over(caller);
    assert.equal(caller.finished, '');
  }
});

test('an Upgrade that the application declines is an answer like any other', async (t) => {
  const one = await hop(t, (x) => reply(x, 'no'));
  const { x, caller } = call();
  x.request.protocol = 'websocket';
  one.transport.send(x);
  await over(caller);
  assert.deepEqual([x.switched, x.status, caller.body], [false, 200, 'no']);
});

describe('where the peer is', () => {
  test('a linker that does not multiplex, HTTP/1.1 as ever', async (t) => {
    for (const alpn of [['http/1.1'], []]) {
      const one = await hop(t, (x) => reply(x, x.request.lines), { codec: http1, alpn });
      const { caller } = one.send({ lines: 'X-a: 1\r\n' });
      assert.deepEqual(await over(caller), [200]);
      assert.equal(caller.body, 'Host: web\r\nX-a: 1\r\n');
      assert.equal(one.counts.connects.value - one.counts.closes.value, 1);
    }
  });

  test('no linker but speaks HTTP/2, HTTP/2 as anyone has it', async (t) => {
    const one = await hop(t, (x) => reply(x, `${x.via} ${x.request.lines}`), { codec: h2, alpn: ['h2'] });
    const all = [1, 2].map((i) => one.send({ lines: `X-a: ${i}\r\n` }));
    for (const [i, { caller }] of all.entries()) {
      assert.deepEqual(await over(caller), [200]);
      assert.equal(caller.body, `h2 linkerd Host: web\r\nx-a: ${i + 1}\r\n`);
    }
    assert.equal(one.counts.connects.value, 1);
  });

  test('a caller that speaks HTTP/1.1, the server does too', async (t) => {
    const one = await hop(t, (x) => reply(x, `${x.via} ${x.request.lines}`));
    const plain = http1.connect({
      address: address('127.0.0.1', one.port),
      security: tlsClient(t, [ca.cert], {}, ['http/1.1']).peer('web.test'),
      limits,
      connectMs: 1000,
      clock: systemClock,
      counts: connectionCounts(),
    });
    const { x, caller } = call({ lines: 'x-A: 1\r\n' });
    plain.send(x);
    assert.deepEqual(await over(caller), [200]);
    assert.equal(caller.body, '1.1 linkerd Host: web\r\nx-A: 1\r\n');
    plain.close();
  });

  test('a linker that says it is HTTP/2 from end to end, it is routed as such', async (t) => {
    const native = (x: Exchange) => reply(x, `native ${x.via}`);
    const one = await hop(t, () => assert.fail('not HTTP/1'), { native });
    using caller = await H2Peer.connect(one.port, undefined, {
      rejectUnauthorized: false,
      ALPNProtocols: ['heddle-h2'],
    });
    caller.send(headers(1, get('web')));
    await greeted(caller);
    const answer = await answerOn(caller);
    assert.equal(answer.body, 'native h2 linkerd');
    const expected: Fields = [
      [':status', '200'],
      ['via', 'h2 linkerd'],
      ['content-length', '17'],
    ];
    assert.deepEqual(answer.heads, [expected]);
  });

  test('anyone else who speaks HTTP/2, the request becomes one of HTTP/1.1', async (t) => {
    const native = () => assert.fail('not from end to end');
    const one = await hop(t, (x) => reply(x, `${x.via} 1.${x.request.minor} ${x.request.lines}`), { native });
    using caller = await H2Peer.connect(one.port, undefined, { rejectUnauthorized: false });
    caller.send(headers(1, get('web')));
    await greeted(caller);
    const { heads, body } = await answerOn(caller);
    assert.equal(body, '1.1 linkerd 1.1 Host: web\r\n');
    assert.equal(heads[0]?.[0]?.[1], '200');
  });

  test('the wrong one, nothing is sent', async (t) => {
    const one = await hop(t, () => assert.fail('sent'));
    const other = mesh.connect({
      address: address('127.0.0.1', one.port),
      security: tlsClient(t, [ca.cert]).peer('other.test'),
      limits,
      connectMs: 1000,
      clock: systemClock,
      counts: connectionCounts(),
    });
    const { x, caller } = call();
    other.send(x);
    assert.deepEqual(await over(caller), ['connect']);
    assert.match(x.error?.message ?? '', /other\.test/);
  });

  test('not behind TLS, it is spoken to in HTTP/1.1', async (t) => {
    const one = await hop(t, () => {}, {});
    const transport = mesh.connect({
      address: address('127.0.0.1', one.port),
      security: undefined,
      limits,
      connectMs: 1000,
      clock: systemClock,
      counts: connectionCounts(),
    });
    assert.equal(transport.constructor.name, 'Http1Transport');
    transport.close();
  });
});
