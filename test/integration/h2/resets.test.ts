import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { Type } from '#sidecar/protocol/h2/frame.ts';
import { data, H2PeerServer, headers, reset } from '#test/helpers/h2-peer.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { eventually, within } from '#test/helpers/within.ts';
import { answerOf, Client, Origin, startRouter } from './fixture.ts';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } =
  constants;

let linker: Linker;
let client: Client;
before(async () => {
  linker = await startRouter();
  client = await Client.connect(linker.port);
});
after(async () => {
  client.close();
  await linker.close();
});

const to = (origin: Origin, more: object = {}) => ({ ':path': '/', ':authority': origin.authority, ...more });

describe('a caller that resets its stream', () => {
  test('before the answer: the origin is told', async () => {
    const code = Promise.withResolvers<number | undefined>();
    await using origin = await Origin.start((stream) => stream.on('close', () => code.resolve(stream.rstCode)));
    const stream = client.session.request(to(origin));
    stream.on('error', () => {});
    await eventually(() => (origin.count > 0 ? true : undefined), 'it is at the origin');
    stream.close(NGHTTP2_CANCEL);
    assert.equal(await within(2000, code.promise, () => 'the reset'), NGHTTP2_CANCEL);
  });

  for (const code of [NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR, NGHTTP2_ENHANCE_YOUR_CALM]) {
    test(`with code ${code} within the answer: the origin is told the same`, async () => {
      await using origin = await H2PeerServer.start(async (peer) => {
        await peer.until(Type.headers, 1);
        peer.send(headers(1, [[':status', '200']], false), data(1, 'begin'));
        told.resolve((await peer.until(Type.reset, 1)).payload.readUInt32BE(0));
      });
      const told = Promise.withResolvers<number>();
      const stream = client.session.request({ ':path': '/', ':authority': origin.authority });
      stream.on('error', () => {});
      await once(stream, 'data');
      stream.close(code);
      assert.equal(await within(2000, told.promise, () => 'the reset'), code);
    });
  }

  test('within the answer: the origin is told, and the connection serves on', async () => {
    const code = Promise.withResolvers<number | undefined>();
    await using origin = await Origin.start((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/quick') stream.end('quick');
      else {
        stream.on('close', () => code.resolve(stream.rstCode));
        stream.write('begin');
      }
    });
    const stream = client.session.request(to(origin));
    stream.on('error', () => {});
    await once(stream, 'data');
    stream.close(NGHTTP2_CANCEL);
    assert.equal(await within(2000, code.promise, () => 'the reset'), NGHTTP2_CANCEL);
    assert.equal(String((await client.request(to(origin, { ':path': '/quick' }))).body), 'quick');
    assert.equal(origin.sessions.size, 1);
  });

  test('or goes away altogether: all of its requests end at the origin', async () => {
    let closed = 0;
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('begin');
      stream.on('close', () => closed++);
    });
    const other = await Client.connect(linker.port);
    for (let i = 0; i < 10; i++) {
      const stream = other.session.request(to(origin));
      stream.on('error', () => {});
      await once(stream, 'data');
    }
    other.close();
    await eventually(() => (closed === 10 ? true : undefined), 'all are over');
  });

  test('by the thousand, as clients with short deadlines do, keeps its connection', async () => {
    await using origin = await Origin.start((stream, headers) => {
      if (headers[':path'] === '/never') return;
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    for (let i = 0; i < 600; i++) {
      const stream = client.session.request(to(origin, { ':path': '/never' }));
      stream.on('error', () => {});
      const answer = await client.request(to(origin));
      assert.deepEqual([answer.status, String(answer.body)], [200, 'ok']);
      stream.close(NGHTTP2_CANCEL);
    }
  });
});

describe('an origin that resets a stream', () => {
  for (const code of [NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_ENHANCE_YOUR_CALM]) {
    test(`with ${code}, before and within the answer: its caller is told the same`, async () => {
      await using origin = await H2PeerServer.start(async (peer) => {
        await peer.until(Type.headers, 1);
        peer.send(reset(1, code));
        await peer.until(Type.headers, 3);
        peer.send(headers(3, [[':status', '200']], false), data(3, 'begin'), reset(3, code));
      });
      const request = { ':path': '/', ':authority': origin.authority };
      const before = await client.request(request);
      assert.deepEqual([before.status, before.code], [0, code]);
      const within = await client.request(request);
      assert.deepEqual([within.status, String(within.body), within.code], [200, 'begin', code]);
    });
  }

  for (const type of ['text/plain', 'application/grpc']) {
    test(`with REFUSED_STREAM: its caller (${type}) is told, who may send it again, and nobody else does`, async () => {
      await using origin = await Origin.start((stream) => stream.close(NGHTTP2_REFUSED_STREAM));
      for (const method of ['GET', 'POST']) {
        const answer = await client.request(to(origin, { ':method': method, 'content-type': type }));
        assert.deepEqual([answer.status, answer.code], [0, NGHTTP2_REFUSED_STREAM]);
      }
      assert.equal(origin.count, 2);
    });
  }

  test('with NO_ERROR behind a complete answer: the answer is whole', async () => {
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('complete');
      stream.on('finish', () => stream.close(NGHTTP2_NO_ERROR));
    });
    for (let i = 0; i < 30; i++) {
      const stream = client.session.request(to(origin, { ':method': 'POST' }), { endStream: false });
      stream.write('part');
      const answer = answerOf(stream);
      await once(stream, 'end');
      stream.end();
      assert.deepEqual([String((await answer).body), (await answer).code], ['complete', 0]);
    }
  });
});

describe('an origin that goes away', () => {
  test('with GOAWAY: what it has is answered, the next request goes over another connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using origin = await Origin.start((stream, headers) => {
      if (headers[':path'] === '/held') streams.push(stream);
      else {
        stream.respond({ ':status': 200 });
        stream.end('new');
      }
    });
    const held = client.request(to(origin, { ':path': '/held' }));
    await eventually(() => streams[0], 'it is at the origin');
    const [first] = origin.sessions;
    first?.close();
    await eventually(async () => {
      assert.equal(String((await client.request(to(origin))).body), 'new');
      return origin.sessions.size === 2 ? true : undefined;
    }, 'the next connection is used');
    streams[0]?.respond({ ':status': 200 });
    streams[0]?.end('held');
    assert.equal(String((await held).body), 'held');
    await eventually(() => (origin.sessions.size === 1 ? true : undefined), 'the old connection is closed');
  });

  test('at every answer: no request is lost', async () => {
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('ok');
      stream.session?.close();
    });
    for (let i = 0; i < 50; i++) {
      const { status, code } = await client.request(to(origin));
      assert.deepEqual([status, code], [200, 0]);
    }
  });

  test('without a word: its requests are reset, and the next ones find it again', async () => {
    await using origin = await Origin.start((stream, headers) => {
      if (headers[':path'] === '/die') stream.session?.destroy();
      else {
        stream.respond({ ':status': 200 });
        stream.end('ok');
      }
    });
    assert.equal((await client.request(to(origin))).status, 200);
    const lost = await client.request(to(origin, { ':path': '/die', ':method': 'POST' }), 'x');
    assert.deepEqual([lost.status, lost.code], [0, NGHTTP2_CANCEL]);
    assert.equal((await client.request(to(origin))).status, 200);
  });

  test('for good: its callers get 502', async () => {
    const origin = await Origin.start(() => {});
    const request = to(origin);
    await origin.close();
    const answer = await client.request(request);
    assert.equal(answer.status, 502);
    assert.match(String(answer.body), /Unable to establish connection/);
  });
});

test('an origin with few streams gets no more than it allows, and all requests are answered', async () => {
  let open = 0;
  let most = 0;
  await using origin = await Origin.start(
    (stream) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        stream.respond({ ':status': 200 });
        stream.end('ok');
      }, 5);
    },
    { maxConcurrentStreams: 3 },
  );
  assert.equal((await client.request(to(origin))).status, 200);
  const answers = await Promise.all(Array.from({ length: 100 }, () => client.request(to(origin))));
  for (const { status } of answers) assert.equal(status, 200);
  assert.ok(origin.sessions.size <= 8 && most <= 24, `${most} at once on ${origin.sessions.size} connections`);
});
