import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Caller, call } from '#test/helpers/exchanges.ts';
import { connected, over } from '#test/helpers/http1-transport.ts';
import { answerWith, plain } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Exchange } from '../../router/exchange.ts';

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
      await using bed = await connected(answerWith(text));
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
    await using bed = await connected(async (_, reply) => {
      await reply.send('HTTP/1.1 200 OK\r\n\r\nhello');
      reply.end();
    });
    const { x, caller } = bed.send();
    await over(caller);
    assert.deepEqual([x.error, caller.body, caller.finished], [undefined, 'hello', '']);
    assert.deepEqual([bed.counts.open, bed.counts.cached], [0, 0]);
  });

  test('brings its trailers with its end', async () => {
    await using bed = await connected(
      answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\nContent-Length: 5\r\n\r\n'),
    );
    const { caller } = bed.send();
    await over(caller);
    assert.equal(caller.finished, 'X-Sum: 1\r\n');
  });

  test('to HEAD has no body, whatever length it tells', async () => {
    await using bed = await connected(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'));
    const { x, caller } = bed.send({ method: 'HEAD' });
    await over(caller);
    assert.deepEqual([caller.responses, x.response?.length], [[{ status: 200, length: -2 }], 5000]);
    assert.equal(bed.counts.cached, 1);
  });

  test('that says close ends its connection', async () => {
    await using bed = await connected(answerWith(plain(200, 'ok', 'Connection: close\r\n')));
    await over(bed.send().caller);
    await over(bed.send().caller);
    assert.equal(bed.origin.connections.length, 2);
    assert.equal(bed.counts.cached, 0);
  });

  test('of 1xx is passed on before the last one, 100 is not', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n';
    await using bed = await connected(answerWith(interim + plain(200, 'ok')));
    const { caller } = bed.send();
    await over(caller);
    assert.deepEqual([caller.informed, caller.responses[0]?.status], [[103], 200]);
  });
});

describe('a kept connection', () => {
  test('that the origin closes meanwhile is forgotten', async () => {
    await using bed = await connected(async (_, reply) => {
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
    await using bed = await connected(async (_, reply) => {
      served += 1;
      if (served === 1) await reply.send(plain(200, 'ok'));
      else reply.end();
    });
    await over(bed.send().caller);
    assert.deepEqual(await over(bed.send().caller), ['stale']);
  });

  test('is read on though its last answer was stopped by its caller', async () => {
    await using bed = await connected(answerWith(plain(200, 'a longer body')));
    const first = call();
    first.caller.write = () => first.x.upstream?.pause();
    bed.transport.send(first.x);
    await over(first.caller);
    assert.deepEqual(await over(bed.send().caller), [200]);
    assert.equal(bed.origin.connections.length, 1);
  });
});

describe('a connection that cannot be had', () => {
  test('fails the request with the reason', async () => {
    await using bed = await connected();
    await bed.origin.close();
    const { x, caller } = bed.send();
    assert.deepEqual(await over(caller), ['connect']);
    assert.match(x.error?.message ?? '', /ECONNREFUSED/);
    assert.deepEqual([bed.counts.connects.value, bed.counts.open], [0, 0]);
  });

  test('in its time fails the request', async () => {
    await using bed = await connected();
    const { x, caller } = bed.send();
    bed.clock.advance(1000);
    assert.deepEqual(await over(caller), ['connect']);
    assert.equal(x.error?.message, 'connection timed out after 1000 ms');
  });
});

describe('an attempt that a stage keeps to itself', () => {
  /** Sends every 5xx again at once, as Retries does without a backoff. */
  function retrying(bed: Awaited<ReturnType<typeof connected>>): Caller {
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
      await using bed = await connected(async (_, reply) => {
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

test('linkerd1: finagle nack headers: a nack fails the exchange before anyone sees it, where the request can be sent again', async () => {
  const nack = plain(503, 'no', 'finagle-http-nack: true\r\n');
  await using bed = await connected(answerWith(nack));
  const { caller } = bed.send();
  assert.deepEqual(await over(caller), ['nacked']);
  assert.deepEqual([caller.responses, bed.counts.cached], [[], 1]);

  const streamed = bed.send({ method: 'POST', streamed: 1 });
  await eventually(() => (streamed.caller.flows === 1 ? true : undefined), 'the body is asked for');
  streamed.x.upstream?.write(Buffer.from('x'), 0, 1);
  streamed.x.upstream?.finish('');
  assert.deepEqual(await over(streamed.caller), [503]);
});
