import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected, over } from '#test/helpers/http1-transport.ts';
import { plain } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../../router/errors.ts';

describe('a request', () => {
  test('with a gathered body is sent in one piece', async () => {
    await using bed = await connected();
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
      await using bed = await connected();
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

  test('that is answered early ends when both are through; its connection, on which the rest may be unread, does not stay', async () => {
    await using bed = await connected((_, reply) => reply.send(plain(403, 'no')));
    const { x, caller } = bed.send({ method: 'POST', streamed: 5 });
    await eventually(() => caller.finished, 'the answer is through');
    assert.deepEqual(caller.ends, []);
    x.upstream?.write(Buffer.from('hello'), 0, 5);
    x.upstream?.finish('');
    assert.deepEqual(await over(caller), [403]);
    assert.equal(bed.counts.cached, 0);
    await eventually(() => (bed.counts.open === 0 ? true : undefined), 'the connection is closed');
  });

  test('that is answered early by an origin that closes ends with the answer', async () => {
    await using bed = await connected((_, reply) => reply.send(plain(413, 'no', 'Connection: close\r\n')));
    const { caller } = bed.send({ method: 'POST', streamed: 5_000_000 });
    assert.deepEqual(await over(caller), [413]);
    assert.equal(bed.counts.open, 0);
  });

  test('stops its source where the origin does not read', async () => {
    await using bed = await connected(async (request, reply) => {
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
    await using bed = await connected(() => {});
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
