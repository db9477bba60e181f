import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { answerWith, plain, type Script, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually, within } from '#test/helpers/within.ts';
import { hops, request, startFleet, startMesh } from './fixture.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the hop is', () => {
  test('one connection for any number of callers', async () => {
    await using linker = await startMesh();
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      await r.body();
      await reply.send(20, plain(200, r.target));
    });
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, i) => exchange(linker.port, request(`GET /${i}`, origin))),
    );
    for (const [i, { body }] of answers.entries()) assert.equal(body.toString(), `/${i}`);
    assert.deepEqual(await hops(linker), { made: 1, open: 1 });
    const metrics = await linker.metrics();
    assert.equal(metrics[`rt/near/client/$/inet/127.1/${linker.ports[1]}/tls/connections`], 1);
  });

  for (const [what, options, made] of [
    ['the far linker does not multiplex', { far: false }, 10],
    ['the near linker does not', { near: false }, 10],
    ['neither does', { near: false, far: false }, 10],
  ] as const) {
    test(`HTTP/1.1 where ${what}`, async () => {
      await using linker = await startMesh(options);
      await using origin = await ScriptedOrigin.start(answerWith(50, plain(200, 'ok')));
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => exchange(linker.port, request('GET /', origin))),
      );
      for (const { status, body } of answers) assert.deepEqual([status, body.toString()], [200, 'ok']);
      const { made: count } = await hops(linker);
      assert.ok(count >= made && count <= made + 1, `${count} connections`); // one may have asked for h2 first
    });
  }

  test('not made where the far linker is not who it should be, nor where it does not know us', async () => {
    for (const options of [{ name: 'other.test' }, { clientCa: makeCa('strangers') }]) {
      await using linker = await startMesh(options);
      await using origin = await ScriptedOrigin.start();
      const answer = await exchange(linker.port, request('GET /', origin));
      assert.equal(answer.status, 502);
      assert.deepEqual([origin.requests.length, (await hops(linker)).open], [0, 0]);
    }
  });
});

describe('an end that goes', () => {
  test('the caller: its request ends at the origin, the hop goes on', async () => {
    await using linker = await startMesh();
    const gone = Promise.withResolvers<void>();
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      if (r.target === '/quick') return reply.send(plain(200, 'quick'));
      await reply.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n');
      await reply.gone;
      gone.resolve();
    });
    const client = await RawClient.connect(linker.port);
    await client.send(request('GET /', origin));
    await eventually(() => (client.unread.includes('begin') ? true : undefined), 'the answer has begun');
    client.close();
    await within(2000, gone.promise, () => 'the end at the origin');
    assert.equal((await exchange(linker.port, request('GET /quick', origin))).body.toString(), 'quick');
    assert.deepEqual(await hops(linker), { made: 1, open: 1 });
  });

  test('the origin: its caller is cut, others go on', async () => {
    await using linker = await startMesh();
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      if (r.target === '/quick') return reply.send(plain(200, 'quick'));
      await reply.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n', 20);
      reply.reset();
    });
    using client = await RawClient.connect(linker.port);
    await client.send(request('GET /', origin));
    await within(2000, client.closed, () => 'the end');
    assert.doesNotMatch(client.unread, /\r\n0\r\n/, 'it cannot take it for whole');
    assert.equal((await exchange(linker.port, request('GET /quick', origin))).body.toString(), 'quick');
    assert.deepEqual(await hops(linker), { made: 1, open: 1 });
  });
});

describe('back-pressure crosses the hop', () => {
  const size = 100_000_000;
  const part = Buffer.alloc(1_000_000, 'x');
  const growth = 30_000_000;

  async function grown(linker: Linker, before: number, ms: number): Promise<number> {
    let most = 0;
    for (const until = performance.now() + ms; performance.now() < until; await pause(20))
      most = Math.max(most, linker.residentBytes());
    return most - before;
  }

  test('a caller that does not read stops the origin, and only its own', async () => {
    await using linker = await startMesh();
    let sent = 0;
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      if (r.target === '/quick') return reply.send(plain(200, 'quick'));
      await reply.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      for (; sent < size; sent += part.length) await reply.send(part);
    });
    await exchange(linker.port, request('GET /quick', origin));
    const before = linker.residentBytes();
    using client = await RawClient.connect(linker.port);
    client.pause();
    await client.send(request('GET /', origin));
    const more = await grown(linker, before, 500);
    const stopped = sent;
    await pause(200);
    assert.equal(sent, stopped, 'the origin has been stopped');
    assert.ok(stopped < size / 4, `${stopped} bytes went out to nobody`);
    assert.ok(more < growth, `memory grew by ${more}`);
    for (let i = 0; i < 20; i++)
      assert.equal((await exchange(linker.port, request('GET /quick', origin))).body.toString(), 'quick');
    client.resume();
    assert.equal((await client.response('GET', 20_000)).body.length, size);
    assert.equal((await hops(linker)).made, 1);
  });

  test('an origin that does not read stops the caller', async () => {
    await using linker = await startMesh();
    const go = Promise.withResolvers<void>();
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      if (r.target === '/quick') return reply.send(plain(200, 'quick'));
      reply.pause();
      await go.promise;
      reply.resume();
      await reply.send(plain(200, String((await r.body()).body.length)));
    });
    await exchange(linker.port, request('GET /quick', origin));
    const before = linker.residentBytes();
    using client = await RawClient.connect(linker.port);
    let sent = 0;
    const sending = (async () => {
      await client.send(request('POST /', origin, `Content-Length: ${size}\r\n`));
      for (; sent < size; sent += part.length) await client.send(part);
    })();
    const more = await grown(linker, before, 500);
    const stopped = sent;
    await pause(200);
    assert.equal(sent, stopped, 'the caller has been stopped');
    assert.ok(stopped < size / 4, `${stopped} bytes went in for nobody`);
    assert.ok(more < growth, `memory grew by ${more}`);
    assert.equal((await exchange(linker.port, request('GET /quick', origin))).body.toString(), 'quick');
    go.resolve();
    await sending;
    assert.equal((await client.response('POST', 20_000)).body.toString(), String(size));
  });
});

describe('SIGTERM', () => {
  test('answers what is on the hop in full, and the exit is clean', async () => {
    await using linker = await startMesh();
    const go = Promise.withResolvers<void>();
    const script: Script = async (r, reply) => {
      await Promise.all([go.promise, r.body()]);
      await reply.send(plain(200, `late ${r.target}`));
    };
    await using origin = await ScriptedOrigin.start(script);
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(linker.port)));
    for (const [i, client] of clients.entries()) await client.send(request(`GET /${i}`, origin));
    await eventually(() => (origin.requests.length === 20 ? true : undefined), 'all are in flight');
    linker.signal('SIGTERM');
    await pause(100);
    go.resolve();
    for (const [i, client] of clients.entries()) {
      assert.equal((await client.response()).body.toString(), `late /${i}`);
      client.close();
    }
    assert.equal(await within(4000, linker.exited, () => 'the exit'), 0);
  });

  test('to a far linker in the middle of work loses no request: what it has not seen goes to another', async () => {
    const { near, fars } = await startFleet(2);
    const [first, second] = fars;
    await using origin = await ScriptedOrigin.start(async (r, reply) => {
      await r.body();
      await reply.send(3, plain(200, 'ok'));
    });
    await eventually(
      async () => ((await exchange(near.port, request('GET /', origin))).status === 200 ? true : undefined),
      'it is routed',
    );
    let answered = 0;
    let stop = false;
    const callers = Array.from({ length: 16 }, async () => {
      using client = await RawClient.connect(near.port);
      while (!stop) {
        await client.send(request('GET /', origin));
        const { status, body } = await client.response();
        assert.deepEqual([status, body.toString()], [200, 'ok']);
        answered += 1;
      }
    });
    await eventually(() => (answered > 300 ? true : undefined), 'requests run');
    first?.signal('SIGTERM');
    assert.equal(await within(4000, first?.exited ?? assert.fail(), () => 'the exit'), 0);
    const then = answered;
    await eventually(() => (answered > then + 300 ? true : undefined), 'they go on');
    stop = true;
    await Promise.all(callers);
    for (const linker of [near, second]) await linker?.close();
  });
});
