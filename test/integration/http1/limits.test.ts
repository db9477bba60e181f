import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { answerWith, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
let narrow: Linker;
let origin: ScriptedOrigin;
before(async () => {
  [linker, narrow, origin] = await Promise.all([
    startRouter(),
    startRouter('  maxHeadersKB: 2\n  maxInitialLineKB: 1'),
    ScriptedOrigin.start(),
  ]);
});
after(async () => {
  await Promise.all([linker.close(), narrow.close()]);
  await origin.close();
});

const line = (bytes: number) => `GET /${'a'.repeat(bytes - 'GET / HTTP/1.1'.length)}`;
const headers = (bytes: number) => `X-A: ${'a'.repeat(bytes)}\r\n`;

async function refusedWith(port: number, text: string): Promise<number> {
  using client = await RawClient.connect(port);
  await client.send(text);
  const { status } = await client.response();
  assert.notEqual(status, 200);
  await client.closed;
  return status;
}

test('linkerd1: header/line limits 431/414: a request line of 4 KB passes, a longer one is refused with 414', async () => {
  assert.equal((await exchange(linker.port, request(line(4096), origin))).status, 200);
  const before = origin.requests.length;
  assert.equal(await refusedWith(linker.port, request(line(4100), origin)), 414);
  assert.equal(await refusedWith(linker.port, request(line(100_000), origin)), 414);
  assert.equal(origin.requests.length, before);
});

test('8 KB of headers pass, more are refused with 431', async () => {
  assert.equal((await exchange(linker.port, request('GET /', origin, headers(8000)))).status, 200);
  const before = origin.requests.length;
  assert.equal(await refusedWith(linker.port, request('GET /', origin, headers(8300))), 431);
  assert.equal(await refusedWith(linker.port, request('GET /', origin, headers(300).repeat(1000))), 431);
  assert.equal(origin.requests.length, before);
});

test('the limits are those of the configuration', async () => {
  assert.equal((await exchange(narrow.port, request(line(1000), origin, headers(1900)))).status, 200);
  assert.equal(await refusedWith(narrow.port, request(line(1100), origin)), 414);
  assert.equal(await refusedWith(narrow.port, request('GET /', origin, headers(2200))), 431);
});

test('a head that never ends is refused before it has come, in small pieces too', async () => {
  for (const [start, status] of [
    ['GET /', 414],
    ['GET / HTTP/1.1\r\nX-A: ', 431],
    ['', 414],
  ] as const) {
    using client = await RawClient.connect(linker.port);
    await client.send(start);
    for (let i = 0; i < 40; i++) await client.send('a'.repeat(500));
    assert.equal((await client.response()).status, status);
    await client.closed;
  }
});

test('trailers have a limit', async () => {
  using client = await RawClient.connect(linker.port);
  await client.send(
    request('POST /', origin, 'Transfer-Encoding: chunked\r\n', `0\r\n${headers(300).repeat(100)}\r\n`),
  );
  assert.notEqual(await client.closed.then(() => client.unread.slice(9, 12)), '200');
});

test('a response with a head above the limits is a bad gateway', async () => {
  for (const head of [`HTTP/1.1 200 OK\r\n${headers(9000)}`, `HTTP/1.1 200 ${'a'.repeat(5000)}\r\n`]) {
    await using large = await ScriptedOrigin.start(answerWith(`${head}Content-Length: 0\r\n\r\n`));
    assert.equal((await exchange(linker.port, request('GET /', large))).status, 502);
  }
});
