import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { request, startRouter } from './fixture.ts';

/** More than all socket buffers of the machine on the way together, so that only memory of the linker could hold it. */
const size = 200_000_000;
const part = Buffer.alloc(1_000_000, 'x');
const growth = 30_000_000;

let linker: Linker;
before(async () => {
  linker = await startRouter();
});
after(() => linker.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Largest memory of the linker over a while, compared with before. */
async function grown(before: number, ms: number): Promise<number> {
  let most = 0;
  for (const until = performance.now() + ms; performance.now() < until; await pause(20))
    most = Math.max(most, linker.residentBytes());
  return most - before;
}

for (const framing of ['a length', 'chunks']) {
  test(`a caller that does not read stops the origin, with ${framing}`, async () => {
    let sent = 0;
    await using origin = await ScriptedOrigin.start(async (_, reply) => {
      await reply.send(
        `HTTP/1.1 200 OK\r\n${framing === 'chunks' ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`}\r\n\r\n`,
      );
      for (; sent < size; sent += part.length) {
        if (framing === 'chunks') await reply.send(`${part.length.toString(16)}\r\n`, part, '\r\n');
        else await reply.send(part);
      }
      if (framing === 'chunks') await reply.send('0\r\n\r\n');
    });
    using client = await RawClient.connect(linker.port);
    const before = linker.residentBytes();
    client.pause();
    await client.send(request('GET /', origin));
    const more = await grown(before, 700);
    const stopped = sent;
    await pause(200);
    assert.equal(sent, stopped, 'the origin has been stopped');
    assert.ok(stopped < size / 2, `${stopped} bytes went out to nobody`);
    assert.ok(more < growth, `memory grew by ${more}`);
    client.resume();
    const response = await client.response('GET', 20_000);
    assert.equal(response.body.length, size);
  });
}

test('an origin that does not read stops the caller', async () => {
  const go = Promise.withResolvers<void>();
  await using origin = await ScriptedOrigin.start(async (r, reply) => {
    reply.pause();
    await go.promise;
    reply.resume();
    const { body } = await r.body();
    await reply.send(plain(200, String(body.length)));
  });
  using client = await RawClient.connect(linker.port);
  const before = linker.residentBytes();
  let sent = 0;
  const sending = (async () => {
    await client.send(request('POST /', origin, `Content-Length: ${size}\r\n`));
    for (; sent < size; sent += part.length) await client.send(part);
  })();
  const more = await grown(before, 700);
  const stopped = sent;
  await pause(200);
  assert.equal(sent, stopped, 'the caller has been stopped');
  assert.ok(stopped < size / 2, `${stopped} bytes went in for nobody`);
  assert.ok(more < growth, `memory grew by ${more}`);
  go.resolve();
  await sending;
  assert.equal((await client.response('POST', 20_000)).body.toString(), String(size));
});

test('a caller that pipelines without reading answers is not read on for ever', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) => reply.send(plain(200, 'x'.repeat(50_000))));
  using client = await RawClient.connect(linker.port);
  client.pause();
  const before = linker.residentBytes();
  const batch = request('GET /', origin, `X-Padding: ${'p'.repeat(900)}\r\n`).repeat(1000);
  let batches = 0;
  const sending = (async () => {
    for (; batches < 100; batches++) await client.send(batch);
  })();
  const more = await grown(before, 700);
  assert.ok(batches < 50, `${batches} thousand requests were taken in`);
  assert.ok(more < growth, `memory grew by ${more}`);
  client.close();
  await sending;
});

test('another caller is served while one does not read', async () => {
  await using origin = await ScriptedOrigin.start(async (r, reply) => {
    if (r.target === '/quick') return reply.send(plain(200, 'quick'));
    return reply.send(
      `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`,
      part,
      part,
      part,
      part,
      part,
      part,
      part,
      part,
    );
  });
  using stuck = await RawClient.connect(linker.port);
  stuck.pause();
  await stuck.send(request('GET /', origin));
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 20; i++) {
    await client.send(request('GET /quick', origin));
    assert.equal((await client.response('GET', 1000)).body.toString(), 'quick');
  }
});
