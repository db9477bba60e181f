import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { within } from '#test/helpers/within.ts';
import { Client, Origin, startRouter } from './fixture.ts';

/** More than all buffers on the way together, so that only memory of the linker could hold it. */
const size = 100_000_000;
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

/** Writes `size` bytes as fast as they are taken; what has been taken so far is in `sent`. */
function pour(stream: ServerHttp2Stream | ClientHttp2Stream): { sent: number } {
  const state = { sent: 0 };
  const more = (): void => {
    while (state.sent < size && !stream.destroyed) {
      state.sent += part.length;
      if (!stream.write(part)) {
        stream.once('drain', more);
        return;
      }
    }
    stream.end();
  };
  more();
  return state;
}

describe('big bodies', () => {
  test('arrive whole in both directions at once, on several streams', async () => {
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    using client = await Client.connect(linker.port);
    const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 31) & 255));
    const expected = createHash('sha256').update(bytes).digest('hex');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        client.request({ ':method': 'POST', ':path': '/', ':authority': origin.authority }, bytes),
      ),
    );
    for (const { body, code } of answers) {
      assert.deepEqual([createHash('sha256').update(body).digest('hex'), code], [expected, 0]);
    }
  });

  test('of a known length arrive whole', async () => {
    await using origin = await Origin.start((stream, headers) => {
      let got = 0;
      stream.on('data', (bytes: Buffer) => (got += bytes.length));
      stream.on('end', () => {
        stream.respond({
          ':status': 200,
          'x-got': got,
          'x-said': headers['content-length'],
          'content-length': 2_000_000,
        });
        stream.end(Buffer.alloc(2_000_000));
      });
    });
    using client = await Client.connect(linker.port);
    const answer = await client.request(
      { ':method': 'POST', ':path': '/', ':authority': origin.authority, 'content-length': 3_000_000 },
      Buffer.alloc(3_000_000),
    );
    const { headers, body } = answer;
    assert.deepEqual([headers['x-got'], headers['x-said'], body.length], ['3000000', '3000000', 2_000_000]);
  });
});

describe('back-pressure', () => {
  test('a caller that does not read stops the origin, and others on its connection are served', async () => {
    let state = { sent: 0 };
    await using origin = await Origin.start((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/big') state = pour(stream);
      else stream.end('quick');
    });
    using client = await Client.connect(linker.port);
    const before = linker.residentBytes();
    const big = client.session.request({ ':path': '/big', ':authority': origin.authority });
    await once(big, 'response');
    const more = await grown(before, 500);
    const stopped = state.sent;
    await pause(200);
    assert.equal(state.sent, stopped, 'the origin has been stopped');
    assert.ok(stopped < size / 4, `${stopped} bytes went out to nobody`);
    assert.ok(more < growth, `memory grew by ${more}`);
    for (let i = 0; i < 10; i++) {
      const answer = await client.request({ ':path': '/', ':authority': origin.authority });
      assert.equal(String(answer.body), 'quick');
    }
    let got = 0;
    big.on('data', (bytes: Buffer) => (got += bytes.length));
    await within(20_000, once(big, 'end'), () => `the end; ${got} bytes so far`);
    assert.equal(got, size);
  });

  test('an origin that does not read stops the caller, and others are served', async () => {
    const go = Promise.withResolvers<void>();
    await using origin = await Origin.start(async (stream, headers) => {
      if (headers[':path'] !== '/big') {
        stream.respond({ ':status': 200 });
        stream.end('quick');
        return;
      }
      await go.promise;
      let got = 0;
      stream.on('data', (bytes: Buffer) => (got += bytes.length));
      stream.on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end(String(got));
      });
    });
    using client = await Client.connect(linker.port);
    const before = linker.residentBytes();
    const big = client.session.request({ ':method': 'POST', ':path': '/big', ':authority': origin.authority });
    const state = pour(big);
    const more = await grown(before, 500);
    const stopped = state.sent;
    await pause(200);
    assert.equal(state.sent, stopped, 'the caller has been stopped');
    assert.ok(stopped < size / 4, `${stopped} bytes went in for nobody`);
    assert.ok(more < growth, `memory grew by ${more}`);
    const answer = await client.request({ ':path': '/', ':authority': origin.authority });
    assert.equal(String(answer.body), 'quick');
    go.resolve();
    let text = '';
    big.on('data', (bytes) => (text += bytes));
    await within(20_000, once(big, 'end'), () => 'the answer');
    assert.equal(text, String(size));
  });

  test('a caller that reads slowly gets everything, and memory does not grow', async () => {
    const total = 12_000_000;
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(total, 'x'));
    });
    using client = await Client.connect(linker.port);
    const before = linker.residentBytes();
    const stream = client.session.request({ ':path': '/', ':authority': origin.authority });
    let got = 0;
    let most = 0;
    for await (const bytes of stream) {
      got += (bytes as Buffer).length;
      if (got % 10 === 0 || got > total - 100_000) most = Math.max(most, linker.residentBytes());
      await pause(2);
    }
    assert.equal(got, total);
    assert.ok(most - before < growth, `memory grew by ${most - before}`);
  });
});
