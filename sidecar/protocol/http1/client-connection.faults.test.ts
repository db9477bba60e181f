import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected, over } from '#test/helpers/http1-transport.ts';
import { answerWith, plain } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';

describe('an origin that misbehaves', () => {
  for (const [what, text, kind] of [
    ['no HTTP', 'hello there, this is no HTTP\r\n\r\n', 'badResponse'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', 'badResponse'],
    ['a head above the limit', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(3000)}\r\n\r\n`, 'badResponse'],
    ['a protocol nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', 'badResponse'],
  ] as const) {
    test(`and sends ${what}: ${kind}, and the connection is closed`, async () => {
      await using bed = await connected(answerWith(text));
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
      await using bed = await connected(async (_, reply) => {
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
    await using bed = await connected(answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nheX'));
    const { caller } = bed.send();
    assert.deepEqual(await over(caller), ['badResponse']);
    assert.deepEqual([caller.body, caller.finished], ['he', undefined]);
  });

  test('and sends more than it announced never answers the next request with it', async () => {
    for (const body of ['ok', 'a longer body']) {
      const surplus = plain(200, body) + plain(500, 'never asked for');
      let answered = 0;
      await using bed = await connected(async (request, reply) => {
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
    await using bed = await connected((_, reply) => reply.send(plain(200, 'ok'), 30, plain(500, 'unasked')));
    await over(bed.send().caller);
    await eventually(() => (bed.counts.open === 0 ? true : undefined), 'the connection is closed');
    assert.deepEqual([bed.counts.cached, bed.counts.closes.value], [0, 1]);
  });
});
