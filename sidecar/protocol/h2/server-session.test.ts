import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import {
  codeOf,
  data,
  type Frame,
  frame,
  get,
  goaway,
  type H2Peer,
  headers,
  post,
  reset,
  settings,
} from '#test/helpers/h2-peer.ts';
import { answerOn, serveH2 } from '#test/helpers/h2-server.ts';
import { begin, finish, reply } from '#test/helpers/http1-server.ts';
import { eventually, within } from '#test/helpers/within.ts';
import { Code, Flag, Setting, Type } from './frame.ts';
import { CALLER_LOOK_MS } from './liveness.ts';

const last = (of: { readonly payload: Buffer }): number => of.payload.readUInt32BE(0);

test('requests of one connection run side by side and are answered in any order', async () => {
  using server = await serveH2();
  using caller = await server.caller();
  caller.send(headers(1, get('a')), headers(3, get('b')), headers(5, get('c')));
  await caller.settled();
  assert.deepEqual(
    server.exchanges.map((x) => [x.request.host, x.via]),
    [
      ['a', 'h2 linkerd'],
      ['b', 'h2 linkerd'],
      ['c', 'h2 linkerd'],
    ],
  );
  for (const i of [2, 0, 1]) {
    reply(server.exchanges[i] ?? assert.fail());
    assert.equal((await caller.until(Type.headers)).stream, 2 * i + 1);
  }
});

test('more streams than are allowed are refused, and taken again when there is room', async () => {
  using server = await serveH2(() => {}, { limits: { streams: 2 } });
  using caller = await server.caller();
  caller.send(headers(1, get('a')), headers(3, get('b')), headers(5, post('c'), false), data(5, 'x'.repeat(1000)));
  const refused = await caller.until(Type.reset);
  assert.deepEqual([refused.stream, codeOf(refused)], [5, Code.refused]);
  assert.deepEqual(await caller.settled(), [], 'the body of the refused one is read over');
  reply(server.exchanges[0] ?? assert.fail());
  caller.send(headers(7, get('d')));
  await caller.settled();
  assert.deepEqual(
    server.exchanges.map((x) => x.request.host),
    ['a', 'b', 'd'],
  );
});

test('a head larger than the limit is answered with 431, and the connection goes on', async () => {
  using server = await serveH2((x) => reply(x));
  using caller = await server.caller();
  const large = get('web', ['x-a', 'a'.repeat(2000)], ['x-b', 'b'.repeat(2000)]);
  caller.send(headers(1, large), headers(3, large.with(0, [':method', 'POST']), false), data(3, 'x'.repeat(1000)));
  for (const stream of [1, 3]) {
    const answer = await answerOn(caller, stream);
    assert.deepEqual(answer.heads, [
      [
        [':status', '431'],
        ['content-length', '0'],
      ],
    ]);
    assert.equal(codeOf(await caller.until(Type.reset, stream)), Code.none);
  }
  caller.send(headers(5, get('web')));
  assert.equal((await answerOn(caller, 5)).heads[0]?.[0]?.[1], '200');
  assert.equal(server.exchanges.length, 1);
});

test('a caller whose header table is small is told that the table is empty', async () => {
  using server = await serveH2((x) => reply(x));
  using caller = await server.caller(settings([Setting.tableSize, 0]));
  caller.send(headers(1, get('web')), headers(3, get('web')));
  assert.equal((await caller.until(Type.headers)).payload[0], 0x20);
  assert.equal((await caller.until(Type.headers)).payload[0], 0x88);
});

describe('the server ends', () => {
  async function drained(caller: H2Peer): Promise<void> {
    const first = await caller.until(Type.goaway);
    assert.deepEqual([last(first), codeOf(first)], [2 ** 31 - 1, Code.none]);
    const ping = await caller.until(Type.ping);
    assert.equal(ping.flags, 0);
  }

  test('with a warning, and takes what was on its way until the caller has it', async () => {
    using server = await serveH2();
    using caller = await server.caller();
    caller.send(headers(1, get('a')));
    await caller.settled();
    const over = server.listener.drain();
    await drained(caller);
    caller.send(headers(3, get('b')), frame(Type.ping, Flag.ack, 0, '\0'.repeat(8)));
    const second = await caller.until(Type.goaway);
    assert.deepEqual([last(second), codeOf(second)], [3, Code.none]);
    caller.send(headers(5, post('late'), false), data(5, 'x'.repeat(1000)), headers(5, [['x-a', '1']]));
    assert.deepEqual(await caller.settled(), [], 'ignored, body and trailers too');
    assert.equal(server.exchanges.length, 2);
    for (const x of server.exchanges) reply(x);
    assert.deepEqual(
      (await caller.rest()).map(({ type, stream }) => [type, stream]),
      [
        [Type.headers, 1],
        [Type.headers, 3],
      ],
    );
    caller.close();
    await within(1000, over, () => 'the end');
  });

  test('at once where nothing is in flight', async () => {
    using server = await serveH2();
    using caller = await server.caller();
    const over = server.listener.drain();
    await drained(caller);
    caller.send(frame(Type.ping, Flag.ack, 0, '\0'.repeat(8)));
    assert.equal(last(await caller.until(Type.goaway)), 0);
    assert.equal(await caller.closed, 'fin');
    caller.close();
    await within(1000, over, () => 'the end');
  });

  test('within a second where the caller does not answer', async () => {
    const clock = new ManualClock();
    using server = await serveH2(() => {}, { clock });
    using caller = await server.caller();
    const over = server.listener.drain();
    await drained(caller);
    clock.advance(1000);
    assert.equal(last(await caller.until(Type.goaway)), 0);
    assert.equal(await caller.closed, 'fin');
    caller.close();
    await over;
  });

  test('not before the last byte of an answer is out', async () => {
    using server = await serveH2();
    using caller = await server.caller(settings([Setting.window, 2 ** 31 - 1]));
    caller.send(frame(Type.window, 0, 0, Buffer.from([0x7f, 0, 0, 0]).toString('latin1')), headers(1, get('a')));
    await caller.settled();
    caller.pause();
    const x = server.exchanges[0] ?? assert.fail();
    begin(x, -1);
    const size = 30_000_000;
    x.downstream.write(Buffer.alloc(size), 0, size);
    let over = false;
    const draining = server.listener.drain().then(() => {
      over = true;
    });
    finish(x);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(over, false);
    caller.resume();
    let got = 0;
    const count = ({ type, payload }: Frame): boolean => {
      if (type === Type.data) got += payload.length;
      return type === Type.ping;
    };
    while (!count(await caller.next())) {}
    caller.send(frame(Type.ping, Flag.ack, 0, '\0'.repeat(8)));
    for (const each of await caller.rest(10_000)) count(each);
    assert.equal(got, size);
    caller.close();
    await draining;
  });
});

test('a caller that goes away is let go when its requests are answered', async () => {
  using server = await serveH2();
  using caller = await server.caller();
  caller.send(headers(1, get('a')), goaway(0, Code.none));
  await caller.settled();
  reply(server.exchanges[0] ?? assert.fail());
  assert.equal((await answerOn(caller)).heads.length, 1);
  assert.equal(await caller.closed, 'fin');
});

test('connections are counted from their first byte to their last', async () => {
  using server = await serveH2((x) => reply(x));
  const caller = await server.caller();
  assert.deepEqual([server.counts.connects.value, server.counts.open, server.counts.closes.value], [1, 1, 0]);
  caller.send(headers(2, get('a')));
  assert.equal(codeOf(await caller.until(Type.goaway)), Code.protocol);
  caller.close();
  await eventually(() => (server.counts.open === 0 ? true : undefined), 'it is closed');
  assert.equal(server.counts.closes.value, 1);
  assert.ok(server.counts.received > 24 && server.counts.sent > 24);
});

test('a reset that crosses the answer disturbs nothing', async () => {
  using server = await serveH2((x) => reply(x, 'body'));
  using caller = await server.caller();
  caller.send(headers(1, get('a')));
  await answerOn(caller);
  caller.send(reset(1, Code.cancel), headers(3, get('b')));
  assert.equal((await answerOn(caller, 3)).body, 'body');
});

test('a caller that has long been silent is asked whether it is there, and is not when it does not answer', async () => {
  const clock = new ManualClock();
  using server = await serveH2(undefined, { clock });
  using caller = await server.caller();
  await caller.settled();
  clock.advance(2 * CALLER_LOOK_MS);
  assert.equal((await caller.until(Type.ping)).flags, 0);
  clock.advance(CALLER_LOOK_MS);
  await within(5000, caller.closed, () => 'the end');
});
