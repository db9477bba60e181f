import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
before(async () => {
  linker = await startRouter();
});
after(() => linker.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('fifty requests in one packet are answered in order', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) => reply.send(plain(200, r.target)));
  using client = await RawClient.connect(linker.port);
  const targets = Array.from({ length: 50 }, (_, i) => `/${i}`);
  await client.send(targets.map((target) => request(`GET ${target}`, origin)).join(''));
  for (const target of targets) assert.equal((await client.response()).body.toString(), target);
  assert.equal(client.unread, '');
});

test('a slow first answer is not overtaken by quick ones from another origin', async () => {
  await using slow = await ScriptedOrigin.start(async (_, reply) => {
    await pause(100);
    await reply.send(plain(200, 'slow'));
  });
  await using quick = await ScriptedOrigin.start((_, reply) => reply.send(plain(200, 'quick')));
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', slow) + request('GET /', quick) + request('GET /', slow));
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push((await client.response()).body.toString());
  assert.deepEqual(bodies, ['slow', 'quick', 'slow']);
});

test('bodies between pipelined requests are kept apart, wherever the packets end', async () => {
  const parts = (origin: ScriptedOrigin) =>
    request('POST /1', origin, 'Content-Length: 5\r\n', 'hello') +
    request('POST /2', origin, 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n') +
    request('GET /3', origin) +
    request('POST /4', origin, 'Content-Length: 0\r\n') +
    request('HEAD /5', origin) +
    request('POST /6', origin, 'Content-Length: 20000\r\n', 'x'.repeat(20_000));
  await using origin = await ScriptedOrigin.start(async (r, reply) => {
    const { body } = await r.body();
    const text = `${r.target}:${body.length}`;
    await reply.send(
      r.method === 'HEAD' ? `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n` : plain(200, text),
    );
  });
  const whole = parts(origin);
  for (const cut of [whole.length, 1000, 97, 41]) {
    using client = await RawClient.connect(linker.port);
    const sending = (async () => {
      for (let at = 0; at < whole.length; at += cut) await client.send(whole.slice(at, at + cut));
    })();
    const bodies = [];
    for (const method of ['POST', 'POST', 'GET', 'POST', 'HEAD', 'POST'])
      bodies.push((await client.response(method)).body.toString());
    await sending;
    assert.deepEqual(bodies, ['/1:5', '/2:3', '/3:0', '/4:0', '', '/6:20000']);
  }
  assert.deepEqual(origin.faults, []);
});

test('a request after Connection: close is not answered', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) => reply.send(plain(200, r.target)));
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /1', origin, 'Connection: close\r\n') + request('GET /2', origin));
  assert.equal((await client.response()).body.toString(), '/1');
  await client.closed;
  assert.equal(client.unread, '');
  assert.deepEqual(
    origin.requests.map((r) => r.target),
    ['/1'],
  );
});

test('a malformed request behind a good one is refused after the good one was answered', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await pause(50);
    await reply.send(plain(200, 'good'));
  });
  using client = await RawClient.connect(linker.port);
  await client.send(`${request('GET /1', origin)}BAD REQUEST LINE\r\n\r\n${request('GET /2', origin)}`);
  assert.equal((await client.response()).body.toString(), 'good');
  assert.equal((await client.response()).status, 400);
  await client.closed;
  assert.deepEqual(
    origin.requests.map((r) => r.target),
    ['/1'],
  );
});

test('a failure in the middle leaves the requests behind it in step', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) => reply.send(plain(200, r.target)));
  using client = await RawClient.connect(linker.port);
  await client.send(
    request('GET /1', origin) +
      request('POST /', 'nowhere.invalid', 'Content-Length: 5\r\n', 'hello') +
      request('POST /', 'nowhere.invalid', 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n') +
      request('GET /2', origin),
  );
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await client.response()).status);
  assert.deepEqual(statuses, [200, 502, 502, 200]);
});
