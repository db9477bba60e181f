import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamEnded } from './byte-queue.ts';
import { exchange, RawClient } from './raw-client.ts';
import { answerWith, plain, ScriptedOrigin } from './scripted-origin.ts';
import { eventually } from './within.ts';

test('requests are recorded byte for byte, in pieces or not', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(origin.port);
  await client.send(
    'PO',
    5,
    'ST /a?b HTTP/1.1\r\nhOsT:  x\r',
    5,
    '\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: 1\r\n\r\n',
  );
  assert.equal((await client.response()).body.toString(), 'ok');
  const [request] = origin.requests;
  assert.equal(request?.rawHead, 'POST /a?b HTTP/1.1\r\nhOsT:  x\r\nTransfer-Encoding: chunked\r\n\r\n');
  assert.deepEqual([request?.method, request?.target, request?.version], ['POST', '/a?b', 'HTTP/1.1']);
  assert.deepEqual(request?.read?.chunks.map(String), ['hi']);
  assert.deepEqual(request?.read?.trailers, [['T', '1']]);
});

test('pipelined requests are answered in order on one connection', async () => {
  await using origin = await ScriptedOrigin.start((request, reply) => reply.send(plain(200, request.target)));
  using client = await RawClient.connect(origin.port);
  await client.send('GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\n\r\n');
  for (const target of ['/1', '/2', '/3']) assert.equal((await client.response()).body.toString(), target);
  assert.deepEqual(
    origin.requests.map((r) => r.connection),
    [0, 0, 0],
  );
  assert.equal(client.unread, '');
});

test('a script can answer before the body has come', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) => reply.send(plain(413, 'no')));
  using client = await RawClient.connect(origin.port);
  await client.send('POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n');
  assert.equal((await client.response()).status, 413);
  assert.equal(origin.requests[0]?.read, undefined);
  await client.send('hello');
  await eventually(() => origin.requests[0]?.read, 'the body is read');
});

test('a script can stop half way, reset, or end', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab');
    reply.reset();
  });
  await assert.rejects(
    exchange(origin.port, 'GET / HTTP/1.1\r\n\r\n'),
    (error) => error instanceof StreamEnded && error.how === 'reset',
  );
  origin.script = async (_, reply) => {
    await reply.send('HTTP/1.0 200 OK\r\n\r\nall');
    reply.end();
  };
  assert.equal((await exchange(origin.port, 'GET / HTTP/1.1\r\n\r\n')).body.toString(), 'all');
});

test('pauses in a script are kept', async () => {
  await using origin = await ScriptedOrigin.start(answerWith('HTTP/1.1 200 OK\r\n', 60, 'Content-Length: 0\r\n\r\n'));
  const begin = performance.now();
  await exchange(origin.port, 'GET / HTTP/1.1\r\n\r\n');
  assert.ok(performance.now() - begin >= 55);
});

test('what is not HTTP/1.1 is recorded as a fault', async () => {
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(origin.port);
  await client.send('GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n');
  await client.closed;
  assert.deepEqual(origin.faults, ['both Content-Length and Transfer-Encoding']);
});

test('a client that half-closes still gets its answer', async () => {
  await using origin = await ScriptedOrigin.start(answerWith(20, plain(200, 'late')));
  using client = await RawClient.connect(origin.port);
  await client.send('GET / HTTP/1.1\r\n\r\n');
  client.halfClose();
  assert.equal((await client.response()).body.toString(), 'late');
  assert.equal(await client.closed, 'fin');
});

test('a client waits no longer than it was told, and says what had come', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) => reply.send('HTTP/1.1 200').then(() => reply.gone));
  using client = await RawClient.connect(origin.port);
  await client.send('GET / HTTP/1.1\r\n\r\n');
  await assert.rejects(client.response('GET', 50), /waited 50 ms for response; so far "HTTP\/1.1 200"/);
});

test('a client that pauses lets the window fill, and gets all in the end', async () => {
  const size = 20_000_000;
  let sent = false;
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`, Buffer.alloc(size));
    sent = true;
  });
  using client = await RawClient.connect(origin.port);
  client.pause();
  await client.send('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(sent, false);
  client.resume();
  assert.equal((await client.response()).body.length, size);
});
