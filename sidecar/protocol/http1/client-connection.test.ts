import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { type Caller, type CallOptions, call } from '#test/helpers/exchanges.ts';
import { answerWith, plain, type Script, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange } from '../../router/exchange.ts';
import { http1 } from '../mesh-codec.ts';

/** A transport to an origin that follows a script; bodies up to 10 bytes are taken whole. */
async function bench(script?: Script) {
  const origin = await ScriptedOrigin.start(script);
  const clock = new ManualClock();
  const counts = {
    connects: new Counter(),
    closes: new Counter(),
    open: 0,
    encrypted: 0,
    cached: 0,
    received: 0,
    sent: 0,
  };
  const transport = http1.connect({
    address: address('127.0.0.1', origin.port),
    security: undefined,
    limits: { line: 1000, headers: 2000, gather: 10, streams: 100, window: 65_536 },
    connectMs: 1000,
    clock,
    counts,
  });
  const send = (request: CallOptions = {}) => {
    const sent = call(request);
    transport.send(sent.x);
    return sent;
  };
  return {
    ...{ origin, clock, counts, transport, send },
    async [Symbol.asyncDispose]() {
      transport.close();
      await origin.close();
    },
  };
}

const over = (caller: Caller, times = 1) =>
  eventually(() => (caller.ends.length >= times ? caller.ends : undefined), 'the exchange is over');

describe('a response', () => {
  for (const [what, text, expected] of [
    ['with a short body comes whole', plain(200, 'hello'), { length: 5, body: 'hello' }],
    ['with a long body is streamed', plain(200, 'a long body'), { length: 11, body: 'a long body' }],
    ['without a body', plain(200, ''), { length: 0, body: '' }],
    [
      'in chunks is unframed',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\n\r\n',
      { length: -1, body: 'hello' },
    ],
    ['of 204 has none', 'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n', { length: -2, body: '' }],
  ] as const) {
    test(`${what}, and its connection is kept`, async () => {
      await using bed = await bench(answerWith(text));
      const { x, caller } = bed.send();
      await over(caller);
      assert.equal(x.error, undefined);
      assert.deepEqual([caller.responses[0]?.length, caller.body], [expected.length, expected.body]);
      assert.equal(caller.finished, '');
      await over(bed.send().caller);
      assert.equal(bed.origin.connections.length, 1);
      assert.deepEqual([bed.counts.connects.value, bed.counts.open, bed.counts.cached], [1, 1, 1]);
    });
  }

  test('until the connection ends is taken until then, and the connection is over', async () => {
    await using bed = await bench(async (_, reply) => {
      await reply.send('HTTP/1.1 200 OK\r\n\r\nhello');
      reply.end();
    });
    const { x, caller } = bed.send();
    await over(caller);
    assert.deepEqual([x.error, caller.body, caller.finished], [undefined, 'hello', '']);
    assert.deepEqual([bed.counts.open, bed.counts.cached], [0, 0]);
  });

  test('brings its trailers with its end', async () => {
    await using bed = await bench(
      answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\nContent-Length: 5\r\n\r\n'),
    );
    const { caller } = bed.send();
    await over(caller);
    assert.equal(caller.finished, 'X-Sum: 1\r\n');
  });

  test('to HEAD has no body, whatever length it tells', async () => {
    await using bed = await bench(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'));
    const { x, caller } = bed.send({ method: 'HEAD' });
    await over(caller);
    assert.deepEqual([caller.responses, x.response?.length], [[{ status: 200, length: -2 }], 5000]);
    assert.equal(bed.counts.cached, 1);
  });

  test('that says close ends its connection', async () => {
    await using bed = await bench(answerWith(plain(200, 'ok', 'Connection: close\r\n')));
    await over(bed.send().caller);
    await over(bed.send().caller);
    assert.equal(bed.origin.connections.length, 2);
    assert.equal(bed.counts.cached, 0);
  });

  test('of 1xx is passed on before the last one, 100 is not', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n';
    await using bed = await bench(answerWith(interim + plain(200, 'ok')));
    const { caller } = bed.send();
    await over(caller);
    assert.deepEqual([caller.informed, caller.responses[0]?.status], [[103], 200]);
  });
});

describe('an origin that misbehaves', () => {
  for (const [what, text, kind] of [
    ['no HTTP', 'hello there, this is no HTTP\r\n\r\n', 'badResponse'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', 'badResponse'],
    ['a head above the limit', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(3000)}\r\n\r\n`, 'badResponse'],
    ['a protocol nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', 'badResponse'],
  ] as const) {
    test(`and sends ${what}: ${kind}, and the connection is closed`, async () => {
      await using bed = await bench(answerWith(text));
      const { caller } = bed.send();
      assert.deepEqual(await over(caller), [kind]);
      assert.deepEqual(caller.responses, []);
      assert.deepEqual([bed.counts.open, bed.counts.cached], [0, 0]);
    });
  }

  for (const [what, pieces, committed] of [
    ['before it answers', [], false],
    ['within a head', ['HTTP/1.1 200 OK\r\nConte'], false],
    [
      'within a short body, of which the caller has seen nothing',
      ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe'],
      false,
    ],
    ['within a long body', ['HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhe'], true],
    ['within chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'], true],
  ] as const) {
    test(`and ends ${what}: reset`, async () => {
      await using bed = await bench(async (_, reply) => {
        await reply.send(...pieces);
        reply.end();
      });
      const { x, caller } = bed.send();
      assert.deepEqual(await over(caller), ['reset']);
      assert.deepEqual([x.committed, caller.finished], [committed, undefined]);
      assert.equal(bed.counts.open, 0);
    });
  }

  test('and breaks its chunks: badResponse, and the body has no end', async () => {
    await using bed = await bench(answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nheX'));
    const { caller } = bed.send();
    assert.deepEqual(await over(caller), ['badResponse']);
    assert.deepEqual([caller.body, caller.finished], ['he', undefined]);
  });

  test('and sends more than it announced never answers the next request with it', async () => {
    for (const body of ['ok', 'a longer body']) {
      const surplus = plain(200, body) + plain(500, 'never asked for');
      let answered = 0;
      await using bed = await bench(async (request, reply) => {
        await request.body();
        answered += 1;
        await reply.send(answered === 1 ? surplus : plain(200, 'second'));
      });
      const first = bed.send().caller;
      assert.deepEqual(await over(first), [200]);
      assert.equal(first.body, body);
      const second = bed.send().caller;
      assert.deepEqual(await over(second), [200]);
      assert.equal(second.body, 'second');
      assert.equal(bed.origin.connections.length, 2);
    }
  });

  test('and speaks on an idle connection loses it', async () => {
    await using bed = await bench((_, reply) => reply.send(plain(200, 'ok'), 30, plain(500, 'unasked')));
    await over(bed.send().caller);
    await eventually(() => (bed.counts.open === 0 ? true : undefined), 'the connection is closed');
    assert.deepEqual([bed.counts.cached, bed.counts.closes.value], [0, 1]);
  });
});

describe('a kept connection', () => {
  test('that the origin closes meanwhile is forgotten', async () => {
    await using bed = await bench(async (_, reply) => {
      await reply.send(plain(200, 'ok'), 20);
      reply.end();
    });
    await over(bed.send().caller);
    await eventually(() => (bed.counts.cached === 0 ? true : undefined), 'the connection is forgotten');
    assert.deepEqual(await over(bed.send().caller), [200]);
    assert.equal(bed.origin.connections.length, 2);
  });

  test('that the origin closes just as it is used is stale', async () => {
    let served = 0;
    await using bed = await bench(async (_, reply) => {
      served += 1;
      if (served === 1) await reply.send(plain(200, 'ok'));
      else reply.end();
    });
    await over(bed.send().caller);
    assert.deepEqual(await over(bed.send().caller), ['stale']);
  });

  test('is read on though its last answer was stopped by its caller', async () => {
    await using bed = await bench(answerWith(plain(200, 'a longer body')));
    const first = call();
    first.caller.write = () => first.x.upstream?.pause();
    bed.transport.send(first.x);
    await over(first.caller);
    assert.deepEqual(await over(bed.send().caller), [200]);
    assert.equal(bed.origin.connections.length, 1);
  });
});

describe('a request', () => {
  test('with a gathered body is sent in one piece', async () => {
    await using bed = await bench();
    await over(bed.send({ method: 'POST', body: 'hello' }).caller);
    const [request] = bed.origin.requests;
    assert.equal((await request?.body())?.body.toString(), 'hello');
    assert.match(request?.rawHead ?? '', /Content-Length: 5\r\n/);
  });

  for (const [what, streamed, framing] of [
    ['of a length', 11, 'length'],
    ['in chunks', -1, 'chunked'],
  ] as const) {
    test(`with a body ${what} asks for it once it is connected, and streams it`, async () => {
      await using bed = await bench();
      const { x, caller } = bed.send({ method: 'POST', streamed });
      await eventually(() => (caller.flows === 1 ? true : undefined), 'the body is asked for');
      const bytes = Buffer.from('hello world');
      x.upstream?.write(bytes, 0, 5);
      x.upstream?.write(bytes, 5, 5);
      x.upstream?.write(bytes, 5, 11);
      x.upstream?.finish(streamed === -1 ? 'X-Sum: 1\r\n' : '');
      await over(caller);
      const body = await bed.origin.requests[0]?.body();
      assert.deepEqual([body?.framing, body?.body.toString()], [framing, 'hello world']);
      assert.deepEqual(body?.trailers, streamed === -1 ? [['X-Sum', '1']] : []);
      assert.deepEqual(bed.origin.faults, []);
    });
  }

  test('that is answered early ends when both are through, and its connection is kept', async () => {
    await using bed = await bench((_, reply) => reply.send(plain(403, 'no')));
    const { x, caller } = bed.send({ method: 'POST', streamed: 5 });
    await eventually(() => caller.finished, 'the answer is through');
    assert.deepEqual(caller.ends, []);
    x.upstream?.write(Buffer.from('hello'), 0, 5);
    x.upstream?.finish('');
    assert.deepEqual(await over(caller), [403]);
    assert.equal(bed.counts.cached, 1);
  });

  test('that is answered early by an origin that closes ends with the answer', async () => {
    await using bed = await bench((_, reply) => reply.send(plain(413, 'no', 'Connection: close\r\n')));
    const { caller } = bed.send({ method: 'POST', streamed: 5_000_000 });
    assert.deepEqual(await over(caller), [413]);
    assert.equal(bed.counts.open, 0);
  });

  test('stops its source where the origin does not read', async () => {
    await using bed = await bench(async (request, reply) => {
      reply.pause();
      await new Promise((resolve) => setTimeout(resolve, 200));
      reply.resume();
      await request.body();
      await reply.send(plain(200, 'ok'));
    });
    const { x, caller } = bed.send({ method: 'POST', streamed: 30_000_000 });
    await eventually(() => (caller.flows === 1 ? true : undefined), 'the body is asked for');
    const part = Buffer.alloc(100_000);
    let written = 0;
    let stopped = false;
    const more = () => {
      stopped ||= caller.paused;
      if (caller.paused) setTimeout(more, 1);
      else if (written < 30_000_000) {
        x.upstream?.write(part, 0, part.length);
        written += part.length;
        setImmediate(more);
      } else x.upstream?.finish('');
    };
    more();
    assert.deepEqual(await over(caller), [200]);
    assert.ok(stopped);
    assert.equal(bed.origin.requests[0]?.read?.body.length, 30_000_000);
  });

  test('that is given up closes its connection, connected or not', async () => {
    await using bed = await bench(() => {});
    const early = bed.send();
    early.x.abort(new MeshError('totalTimeout', 'late'));
    assert.deepEqual(early.caller.ends, ['totalTimeout']);
    const late = bed.send();
    await eventually(() => (bed.origin.requests.length === 1 ? true : undefined), 'the request has come');
    late.x.abort(new MeshError('abandoned', 'gone'));
    assert.deepEqual(late.caller.ends, ['abandoned']);
    assert.equal(bed.counts.open, 0);
    await eventually(() => (bed.origin.connections.every((c) => !c.open) ? true : undefined), 'all are closed');
  });
});

describe('a connection that cannot be had', () => {
  test('fails the request with the reason', async () => {
    await using bed = await bench();
    await bed.origin.close();
    const { x, caller } = bed.send();
    assert.deepEqual(await over(caller), ['connect']);
    assert.match(x.error?.message ?? '', /ECONNREFUSED/);
    assert.deepEqual([bed.counts.connects.value, bed.counts.open], [0, 0]);
  });

  test('in its time fails the request', async () => {
    await using bed = await bench();
    const { x, caller } = bed.send();
    bed.clock.advance(1000);
    assert.deepEqual(await over(caller), ['connect']);
    assert.equal(x.error?.message, 'connection timed out after 1000 ms');
  });
});

describe('an attempt that a stage keeps to itself', () => {
  /** Sends every 5xx again at once, as Retries does without a backoff. */
  function retrying(bed: Awaited<ReturnType<typeof bench>>): Caller {
    const { x, caller } = call();
    const retry = {
      head: (seen: Exchange) => seen.status < 500,
      end(seen: Exchange) {
        if (seen.status < 500 || seen.error !== undefined) return true;
        seen.response = undefined;
        seen.enter(retry);
        bed.transport.send(seen);
        return false;
      },
    };
    x.enter(retry);
    bed.transport.send(x);
    return caller;
  }

  for (const [what, failing, connections] of [
    ['without a body', plain(503, ''), 1],
    ['with a short body', plain(503, 'no'), 1],
    ['with a long body', plain(503, 'a longer body'), 2],
    ['in chunks', 'HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n', 2],
    ['with more than it announced', `${plain(503, '')}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nnever`, 2],
  ] as const) {
    test(`${what} is made again, on ${connections === 1 ? 'the same' : 'another'} connection`, async () => {
      let served = 0;
      await using bed = await bench(async (_, reply) => {
        served += 1;
        await reply.send(served < 3 ? failing : plain(200, 'done'));
      });
      const caller = retrying(bed);
      assert.deepEqual(await over(caller), [200]);
      assert.deepEqual([caller.responses, caller.body], [[{ status: 200, length: 4 }], 'done']);
      assert.equal(bed.origin.connections.length, connections === 1 ? 1 : 3);
    });
  }
});

test('a nack fails the exchange before anyone sees it, where the request can be sent again', async () => {
  const nack = plain(503, 'no', 'finagle-http-nack: true\r\n');
  await using bed = await bench(answerWith(nack));
  const { caller } = bed.send();
  assert.deepEqual(await over(caller), ['nacked']);
  assert.deepEqual([caller.responses, bed.counts.cached], [[], 1]);

  const streamed = bed.send({ method: 'POST', streamed: 1 });
  await eventually(() => (streamed.caller.flows === 1 ? true : undefined), 'the body is asked for');
  streamed.x.upstream?.write(Buffer.from('x'), 0, 1);
  streamed.x.upstream?.finish('');
  assert.deepEqual(await over(streamed.caller), [503]);
});
