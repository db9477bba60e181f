import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { value } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { answerWith, plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
before(async () => {
  linker = await startRouter();
});
after(() => linker.close());

const digest = (bytes: Buffer | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
const chunked = 'Transfer-Encoding: chunked\r\n';

test('a request body with a length arrives whole, however it was cut', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  await client.send(
    'POST / HTTP/1.1\r\nHost: 127.0.',
    5,
    `0.1:${origin.port}\r\nContent-Len`,
    5,
    'gth: 11\r\n\r',
    5,
    '\nhel',
    5,
    'lo worl',
    5,
    'd',
  );
  assert.equal((await client.response()).status, 200);
  const [received] = origin.requests;
  assert.equal(received?.read?.framing, 'length');
  assert.equal(received?.read?.body.toString(), 'hello world');
});

test('bytes one by one are a request too', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  const whole = request('POST /p', origin, chunked, '3\r\nabc\r\n0\r\nT: 1\r\n\r\n');
  for (const byte of whole) await client.send(byte);
  assert.equal((await client.response()).status, 200);
  assert.equal(origin.requests[0]?.read?.body.toString(), 'abc');
});

test('a chunked request body stays chunked, with its trailers', async () => {
  await using origin = await ScriptedOrigin.start();
  await exchange(
    linker.port,
    request('POST /', origin, chunked, '5;ext="a;b"\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n'),
  );
  const [received] = origin.requests;
  assert.equal(received?.read?.framing, 'chunked');
  assert.equal(received?.read?.body.toString(), 'hello world');
  assert.deepEqual(received?.read?.trailers, [['X-Sum', '1']]);
});

test('a chunked response stays chunked, with its trailers', async () => {
  const answer =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n';
  await using origin = await ScriptedOrigin.start(answerWith(answer));
  const response = await exchange(linker.port, request('GET /', origin));
  assert.equal(response.framing, 'chunked');
  assert.equal(response.body.toString(), 'hello world');
  assert.deepEqual(response.trailers, [['X-Sum', '1']]);
});

for (const [what, framing] of [
  ['a length', (body: Buffer) => [`Content-Length: ${body.length}\r\n\r\n`, body]],
  ['chunks', (body: Buffer) => [`${chunked}\r\n`, ...chunksOf(body, 70_001)]],
] as const) {
  test(`eight megabytes with ${what} pass unchanged in both directions at once`, async () => {
    const up = randomBytes(8_000_000);
    const down = randomBytes(8_000_000);
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      await Promise.all([r.body(), reply.send('HTTP/1.1 200 OK\r\n', ...framing(down))]);
    });
    using client = await RawClient.connect(linker.port);
    const [response] = await Promise.all([
      client.response('POST', 20_000),
      client.send(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n`, ...framing(up)),
    ]);
    assert.equal(digest(response.body), digest(down));
    const received = await eventually(() => origin.requests[0]?.read, 'the request is whole');
    assert.equal(digest(received.body), digest(up));
  });
}

function chunksOf(body: Buffer, size: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
  }
  return [...parts, Buffer.from('0\r\n\r\n')];
}

test('chunks of a response arrive as they are made', async () => {
  const second = Promise.withResolvers<void>();
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
    await second.promise;
    await reply.send('6\r\nsecond\r\n0\r\n\r\n');
  });
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await eventually(() => (client.unread.includes('first') ? true : undefined), 'the first chunk is here');
  assert.equal(client.unread.includes('second'), false);
  second.resolve();
  assert.equal((await client.response()).body.toString(), 'firstsecond');
});

test('chunks of a request arrive as they are sent', async () => {
  await using origin = await ScriptedOrigin.start(async (r, reply) => {
    await reply.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ngo\r\n');
    await r.body();
    await reply.send('0\r\n\r\n');
  });
  using client = await RawClient.connect(linker.port);
  await client.send(request('POST /', origin, chunked, '3\r\none\r\n'));
  // The origin answers only because the head, and so the stream, reached it before the body's end.
  await eventually(() => (client.unread.includes('go') ? true : undefined), 'the answer has begun');
  await client.send('3\r\ntwo\r\n0\r\n\r\n');
  assert.equal((await client.response()).body.toString(), 'go');
  assert.equal(origin.requests[0]?.read?.body.toString(), 'onetwo');
});

test('HEAD has the fields of GET and no body, with a length or chunked', async () => {
  await using origin = await ScriptedOrigin.start(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n'));
  using client = await RawClient.connect(linker.port);
  await client.send(request('HEAD /', origin));
  const response = await client.response('HEAD');
  assert.equal(value(response, 'content-length'), '1234');
  origin.script = answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  assert.equal((await exchange(linker.port, request('HEAD /', origin))).status, 200);
  origin.script = answerWith(plain(200, 'ok'));
  await client.send(request('GET /', origin));
  assert.equal((await client.response()).body.toString(), 'ok');
});

test('204 and 304 have no body, whatever length the origin gave', async () => {
  await using origin = await ScriptedOrigin.start(answerWith('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'));
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  assert.equal((await client.response()).status, 204);
  origin.script = answerWith('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 10\r\n\r\n');
  await client.send(request('GET /', origin));
  const response = await client.response();
  assert.deepEqual([response.status, value(response, 'etag')], [304, '"x"']);
  origin.script = answerWith(plain(200, 'in step'));
  await client.send(request('GET /', origin));
  assert.equal((await client.response()).body.toString(), 'in step');
  assert.equal(origin.connections.length, 1);
});

test('bodies of no bytes, by length and by chunks', async () => {
  await using origin = await ScriptedOrigin.start(answerWith(plain(200, '')));
  using client = await RawClient.connect(linker.port);
  await client.send(request('POST /', origin, 'Content-Length: 0\r\n'));
  assert.equal((await client.response()).body.length, 0);
  origin.script = answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
  await client.send(request('POST /', origin, chunked, '0\r\n\r\n'));
  assert.equal((await client.response()).body.length, 0);
  assert.equal(origin.requests[1]?.read?.framing, 'chunked');
});

test('GET and DELETE may carry a body', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  for (const method of ['GET', 'DELETE']) {
    await client.send(request(`${method} /`, origin, 'Content-Length: 3\r\n', 'abc'));
    await client.response();
  }
  assert.deepEqual(
    origin.requests.map((r) => r.read?.body.toString()),
    ['abc', 'abc'],
  );
});
