import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { value } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { answerWith, plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
before(async () => {
  linker = await startRouter();
});
after(() => linker.close());

test('requests one after another use one connection on both sides', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) => reply.send(plain(200, r.target)));
  using client = await RawClient.connect(linker.port);
  for (const target of ['/1', '/2', '/3', '/4']) {
    await client.send(request(`GET ${target}`, origin));
    assert.equal((await client.response()).body.toString(), target);
  }
  assert.deepEqual(
    origin.requests.map((r) => r.connection),
    [0, 0, 0, 0],
  );
});

test('connections to the origin are shared between callers', async () => {
  await using origin = await ScriptedOrigin.start();
  for (let i = 0; i < 3; i++) {
    using client = await RawClient.connect(linker.port);
    await client.send(request('GET /', origin));
    await client.response();
  }
  assert.equal(origin.connections.length, 1);
});

test('requests at the same time each have a connection of their own to the origin', async () => {
  let arrived = 0;
  const all = Promise.withResolvers<void>();
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    if (++arrived === 5) all.resolve();
    await all.promise;
    await reply.send(plain(200, 'ok'));
  });
  const clients = await Promise.all(Array.from({ length: 5 }, () => RawClient.connect(linker.port)));
  for (const client of clients) await client.send(request('GET /', origin));
  for (const client of clients) assert.equal((await client.response()).status, 200);
  assert.equal(origin.connections.length, 5);
  for (const client of clients) client.close();
});

test('Connection: close of the caller closes its connection after the answer, and not the one to the origin', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin, 'Connection: close\r\n'));
  const response = await client.response();
  assert.equal(value(response, 'connection'), 'close');
  assert.equal(await client.closed, 'fin');
  assert.equal(origin.connections[0]?.open, true);
  assert.equal(value(origin.requests[0] ?? assert.fail(), 'connection'), undefined);
});

test('Connection: close of the origin is not shown to the caller, and its connection is not used again', async () => {
  await using origin = await ScriptedOrigin.start(answerWith(plain(200, 'ok', 'Connection: close\r\n')));
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 2; i++) {
    await client.send(request('GET /', origin));
    assert.equal(value(await client.response(), 'connection'), undefined);
  }
  assert.deepEqual(
    origin.requests.map((r) => r.connection),
    [0, 1],
  );
});

test('an idle connection that the origin closes is replaced without the caller noticing', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send(plain(200, 'ok'));
    reply.end();
  });
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 5; i++) {
    await client.send(request('GET /', origin));
    assert.equal((await client.response()).status, 200);
    await eventually(() => (origin.connections[i]?.open === false ? true : undefined), 'the connection is gone');
  }
});

test('linkerd1: http router (HTTP/1.0, 1.1): an HTTP/1.0 caller gets its answer and the end of the connection', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  await client.send(`GET / HTTP/1.0\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`);
  const response = await client.response();
  assert.equal(response.body.toString(), 'ok');
  assert.equal(await client.closed, 'fin');
});

test('an HTTP/1.0 caller that asks for its connection to be kept is told that it is not', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  await client.send(`GET / HTTP/1.0\r\nHost: 127.0.0.1:${origin.port}\r\nConnection: keep-alive\r\n\r\n`);
  const response = await client.response();
  assert.deepEqual([response.body.toString(), value(response, 'connection')], ['ok', 'close']);
  assert.equal(await client.closed, 'fin');
});

test('linkerd1: HTTP/1.0 support with buffering: an HTTP/1.0 caller never gets chunks', async () => {
  await using origin = await ScriptedOrigin.start(
    answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
  );
  using client = await RawClient.connect(linker.port);
  await client.send(`GET / HTTP/1.0\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`);
  const response = await client.response();
  assert.equal(response.framing, 'close');
  assert.equal(response.body.toString(), 'hello');
});

test('an HTTP/1.0 caller whose answer breaks off does not take the close for its end', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    reply.end();
  });
  const socket = connect(linker.port, '127.0.0.1');
  socket.write(`GET / HTTP/1.0\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`);
  socket.resume();
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
});

test('an HTTP/1.0 origin that ends its answer by closing is understood', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send('HTTP/1.0 200 OK\r\n\r\nall', 20, ' of it');
    reply.end();
  });
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 2; i++) {
    await client.send(request('GET /', origin));
    const response = await client.response();
    assert.equal(response.version, 'HTTP/1.1');
    assert.equal(response.body.toString(), 'all of it');
    assert.equal(response.framing, 'chunked');
  }
});

test('a caller that half-closes is taken as gone, as Linkerd does: its request ends at the origin', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) => reply.gone);
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await eventually(() => origin.requests[0], 'the request is there');
  client.halfClose();
  await client.closed;
  await eventually(
    () => (origin.connections[0]?.open === false ? true : undefined),
    'the connection to the origin is gone',
  );
});

test('a caller that resets ends its request at the origin, and nobody else is disturbed', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) =>
    r.target === '/' ? reply.gone : reply.send(plain(200, 'ok')),
  );
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await eventually(() => origin.requests[0], 'the request is there');
  client.reset();
  await eventually(
    () => (origin.connections[0]?.open === false ? true : undefined),
    'the connection to the origin is gone',
  );
  using other = await RawClient.connect(linker.port);
  await other.send(request('GET /other', origin));
  assert.equal((await other.response()).status, 200);
});
