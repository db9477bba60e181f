import assert from 'node:assert/strict';
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

test('103 goes to the caller as soon as it comes, the final answer after it', async () => {
  const final = Promise.withResolvers<void>();
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n',
      10,
      'HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\n',
    );
    await final.promise;
    await reply.send(plain(200, 'done'));
  });
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await eventually(() => (client.unread.includes('/b.css') ? true : undefined), 'the hints are here');
  final.resolve();
  const response = await client.response();
  assert.deepEqual(
    response.interim.map((r) => [r.status, value(r, 'link')]),
    [
      [103, '</a.css>'],
      [103, '</b.css>'],
    ],
  );
  assert.equal(response.body.toString(), 'done');
});

test('an HTTP/1.0 caller gets no interim answer', async () => {
  await using origin = await ScriptedOrigin.start(
    answerWith(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${plain(200, 'ok')}`),
  );
  const response = await exchange(linker.port, `GET / HTTP/1.0\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`);
  assert.deepEqual(response.interim, []);
  assert.equal(response.body.toString(), 'ok');
});

for (const framing of ['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n']) {
  test(`linkerd1: Expect: 100-continue answered locally: Expect: 100-continue is answered before the body comes (${framing.trim()})`, async () => {
    await using origin = await ScriptedOrigin.start();
    using client = await RawClient.connect(linker.port);
    await client.send(request('POST /', origin, `Expect: 100-continue\r\n${framing}`));
    await eventually(() => (client.unread.startsWith('HTTP/1.1 100 ') ? true : undefined), '100 Continue is here');
    await client.send(framing.startsWith('C') ? 'hello' : '5\r\nhello\r\n0\r\n\r\n');
    const response = await client.response();
    assert.deepEqual(
      response.interim.map((r) => r.status),
      [100],
    );
    assert.equal(response.body.toString(), 'ok');
    assert.equal(origin.requests[0]?.read?.body.toString(), 'hello');
    assert.equal(value(origin.requests[0] ?? assert.fail(), 'expect'), undefined);
  });
}

test('a request without a body is not told to go on', async () => {
  await using origin = await ScriptedOrigin.start();
  const response = await exchange(linker.port, request('GET /', origin, 'Expect: 100-continue\r\n'));
  assert.deepEqual(response.interim, []);
});

test('100 Continue of an origin that was not asked is not the answer', async () => {
  await using origin = await ScriptedOrigin.start(answerWith('HTTP/1.1 100 Continue\r\n\r\n', 10, plain(200, 'real')));
  assert.equal((await exchange(linker.port, request('GET /', origin))).body.toString(), 'real');
});

test('an answer before the body has come reaches the caller at once', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) => reply.send(plain(200, 'early')));
  using client = await RawClient.connect(linker.port);
  await client.send(request('POST /', origin, 'Transfer-Encoding: chunked\r\n', '3\r\none\r\n'));
  assert.equal((await client.response()).body.toString(), 'early');
  await client.send('3\r\ntwo\r\n0\r\n\r\n');
  await client.send(request('GET /next', origin));
  assert.equal((await client.response()).body.toString(), 'early');
  assert.deepEqual(origin.faults, []);
});

test('an origin that refuses a body and closes gets its answer through', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send(plain(413, 'too much', 'Connection: close\r\n'));
    reply.end();
  });
  using client = await RawClient.connect(linker.port);
  await client.send(request('POST /', origin, 'Content-Length: 100000\r\n', 'x'.repeat(10_000)));
  const response = await client.response();
  assert.deepEqual([response.status, response.body.toString()], [413, 'too much']);
});

test('101 nobody asked for does not reach the caller as an answer', async () => {
  await using origin = await ScriptedOrigin.start(
    answerWith('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  );
  assert.equal((await exchange(linker.port, request('GET /', origin))).status, 502);
});
