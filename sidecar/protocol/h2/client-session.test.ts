import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { call } from '#test/helpers/exchanges.ts';
import {
  codeOf,
  data,
  type Fields,
  frame,
  goaway,
  H2Peer,
  headers,
  reset,
  settings,
  window,
} from '#test/helpers/h2-peer.ts';
import { h2Connected } from '#test/helpers/h2-transport.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { wirePair } from '#test/helpers/wire-pair.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../../router/errors.ts';
import { ClientSession } from './client-session.ts';
import { Code, Flag, Setting, Type, u32 } from './frame.ts';
import { hpackForm } from './hpack-form.ts';
import { LOOK_MS } from './liveness.ts';

const ok: Fields = [[':status', '200']];

/** How many requests are on a connection now. */
async function requests(peer: H2Peer): Promise<number> {
  return (await peer.settled()).filter(({ type }) => type === Type.headers).length;
}

test('exchanges share one connection, on streams with odd numbers', async () => {
  await using one = await h2Connected();
  const sent = [one.send(), one.send(), one.send()];
  const peer = await one.peer();
  for (const id of [1, 3, 5]) await peer.until(Type.headers, id);
  peer.send(headers(5, ok), headers(1, ok), headers(3, ok));
  for (const { caller } of sent) assert.deepEqual(await over(caller), [200]);
  assert.deepEqual([one.origin.peers.length, one.counts.open, one.counts.connects.value], [1, 1, 1]);
});

describe('GOAWAY', () => {
  test('lets what the origin has seen end, and gives back what it has not', async () => {
    await using one = await h2Connected();
    const [seen, unseen] = [one.send(), one.send()];
    const peer = await one.peer();
    await peer.until(Type.headers, 3);
    peer.send(goaway(1, Code.none));
    assert.deepEqual(await over(unseen.caller), ['nacked']);
    peer.send(headers(1, ok));
    assert.deepEqual(await over(seen.caller), [200]);
    assert.equal(await peer.closed, 'fin');
    assert.equal(one.counts.open, 0);
  });

  test('as a warning breaks nothing, and new exchanges go elsewhere', async () => {
    await using one = await h2Connected();
    const first = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    peer.send(goaway(2 ** 31 - 1, Code.none));
    await peer.settled();
    const second = one.send();
    const other = await one.peer(1);
    await other.until(Type.headers, 1);
    peer.send(headers(1, ok));
    other.send(headers(1, ok));
    assert.deepEqual([await over(first.caller), await over(second.caller)], [[200], [200]]);
    assert.equal(await peer.closed, 'fin');
  });

  test('on an idle connection closes it', async () => {
    await using one = await h2Connected();
    const { caller } = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    peer.send(headers(1, ok));
    await over(caller);
    peer.send(goaway(1, Code.none));
    assert.equal(await peer.closed, 'fin');
  });

  test('for cause leaves the streams it has seen to end or to break with the connection', async () => {
    await using one = await h2Connected();
    const { caller } = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    peer.send(goaway(1, Code.internal));
    await peer.settled();
    assert.deepEqual(caller.ends, []);
    peer.close();
    assert.deepEqual(await over(caller), ['reset']);
  });

  test('from connections that go on for long does not use up the connections there may be', async () => {
    await using one = await h2Connected();
    const long: ReturnType<typeof one.send>[] = [];
    for (let i = 0; i < 12; i++) {
      long.push(one.send());
      const peer = await one.peer(i);
      await peer.until(Type.headers, 1);
      peer.send(goaway(2 ** 31 - 1, Code.none), headers(1, ok, false));
      await peer.settled();
    }
    assert.equal(one.origin.peers.length, 12);
    for (const { caller } of long) assert.equal(caller.responses.length, 1);
  });
});

describe('a connection that is lost', () => {
  test('fails a request as stale where it had carried others before, and nothing of the answer had come', async () => {
    await using one = await h2Connected();
    const first = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    peer.send(headers(1, ok));
    await over(first.caller);
    const [unanswered, begun] = [one.send(), one.send()];
    await peer.until(Type.headers, 5);
    peer.send(headers(5, ok, false));
    await eventually(() => begun.caller.responses[0], 'the answer has begun');
    peer.close();
    assert.deepEqual(await over(unanswered.caller), ['stale']);
    await over(begun.caller);
    assert.deepEqual([begun.x.error?.kind, begun.x.error?.cause], ['reset', undefined]);
    await eventually(() => (one.counts.open === 0 ? true : undefined), 'it is counted');
  });

  test('because the origin broke the rules is told it, and its requests fail as an internal error', async () => {
    for (const [frames, code] of [
      [headers(2, ok), Code.protocol],
      [headers(7, ok), Code.protocol],
      [frame(Type.push, Flag.endHeaders, 1, u32(2)), Code.protocol],
      [frame(Type.headers, Flag.endHeaders, 1, '\x80'), Code.compression],
      [settings([Setting.window, 2 ** 31]), Code.flowControl],
      [window(0, 0), Code.protocol],
    ] as const) {
      await using one = await h2Connected();
      const { caller, x } = one.send({ method: 'POST', streamed: -1 });
      const peer = await one.peer();
      await peer.until(Type.headers, 1);
      peer.send(headers(1, ok, false), frames);
      await over(caller);
      assert.deepEqual([x.error?.kind, x.error?.cause], ['reset', Code.internal]);
      assert.equal(codeOf(await peer.until(Type.goaway)), code);
      assert.equal(await peer.closed, 'fin');
    }
  });
});

describe('an origin', () => {
  test('may send late frames for a stream that was given up', async () => {
    await using one = await h2Connected();
    const [first, second] = [one.send(), one.send()];
    const peer = await one.peer();
    await peer.until(Type.headers, 3);
    first.caller.paused = true;
    first.x.over = true;
    first.x.waiting?.cancel(first.x, new MeshError('abandoned', 'gone'));
    await peer.until(Type.reset, 1);
    const body = data(1, 'x'.repeat(50)).repeat(1200);
    peer.send(headers(1, [[':status', '103']], false), body, data(1, '', true), window(1, 100), reset(1, Code.cancel));
    assert.deepEqual(await peer.settled(), []);
    peer.send(headers(3, ok));
    assert.deepEqual(await over(second.caller), [200]);
  });

  test('that floods is calmed', async () => {
    for (const one of [frame(Type.ping, 0, 0, '12345678'), settings(), headers(1, [[':status', '103']], false)]) {
      await using connected = await h2Connected();
      const { caller } = connected.send();
      const peer = await connected.peer();
      await peer.until(Type.headers, 1);
      peer.send(one.repeat(1100));
      assert.equal(codeOf(await peer.until(Type.goaway)), Code.calm);
      assert.deepEqual(await over(caller), ['reset']);
    }
  });

  test('that resets streams by the thousand is let be: it answers for them', async () => {
    await using one = await h2Connected({ hello: settings([Setting.maxStreams, 1000]) });
    const first = one.send();
    const peer = await one.peer();
    await peer.until(Type.headers, 1);
    await peer.settled();
    const more = Array.from({ length: 900 }, () => one.send());
    assert.equal(await requests(peer), 900);
    for (let i = 0; i < more.length; i++) peer.send(reset(2 * i + 3, Code.internal));
    for (const { caller } of more) assert.deepEqual(await over(caller), ['reset']);
    peer.send(headers(1, ok));
    assert.deepEqual(await over(first.caller), [200]);
  });
});

test('a connection ends with its last stream id', async () => {
  let changed = 0;
  const session = new ClientSession(
    {
      limits: { streams: 1, window: 65_535, headerList: 1000 },
      clock: new ManualClock(),
      scheme: 'http',
      gather: 0,
      form: hpackForm,
      linked: false,
      grantsOnly: false,
      changed: () => changed++,
    },
    2 ** 31 - 3,
  );
  const pair = await wirePair(session);
  session.attach(pair.wire);
  const peer = await new H2Peer(pair.caller).preface();
  const [first, second] = [call(), call()];
  session.send(first.x);
  assert.deepEqual([session.open, session.leaving], [true, false]);
  session.send(second.x);
  assert.deepEqual([session.open, session.leaving], [false, true]);
  peer.send(settings(), headers(2 ** 31 - 1, ok), headers(2 ** 31 - 3, ok));
  assert.deepEqual([await over(first.caller), await over(second.caller)], [[200], [200]]);
  assert.equal(await peer.closed, 'fin');
  assert.ok(changed > 0);
  pair.close();
});

test('a peer that is gone without a word is asked, and its connection given up', async () => {
  await using one = await h2Connected();
  const { caller } = one.send();
  const peer = await one.peer();
  await peer.until(Type.headers, 1);
  await peer.settled();
  const clock = one.clock as ManualClock;
  clock.advance(LOOK_MS); // what it has said so far
  clock.advance(LOOK_MS);
  assert.equal((await peer.until(Type.ping)).flags, 0);
  assert.deepEqual(caller.ends, []);
  clock.advance(LOOK_MS);
  assert.deepEqual(await over(caller), ['reset']);
  assert.equal(one.counts.open, 0);
});

describe('an extended CONNECT', () => {
  const chat = (one: Awaited<ReturnType<typeof h2Connected>>) => {
    const { x, caller } = call({ uri: '/chat' });
    x.request.protocol = 'websocket';
    one.transport.send(x);
    return { x, caller };
  };

  test('waits until the peer has said that it takes them', async () => {
    await using one = await h2Connected({ hello: '' });
    const { caller } = chat(one);
    const peer = await one.peer();
    const other = one.send(); // which needs not wait
    assert.equal((await peer.until(Type.headers)).stream, 1);
    peer.send(headers(1, ok), settings([Setting.connectProtocol, 1]));
    await over(other.caller);
    assert.equal((await peer.until(Type.headers)).stream, 3);
    assert.deepEqual(caller.ends, []);
  });

  test('fails where the peer does not', async () => {
    await using one = await h2Connected();
    const { x, caller } = chat(one);
    assert.deepEqual(await over(caller), ['badResponse']);
    assert.match(x.error?.message ?? '', /RFC 8441/);
  });

  test('that waits is given back when the connection breaks, and forgotten when its caller goes', async () => {
    await using one = await h2Connected({ hello: '' });
    const [waiting, left] = [chat(one), chat(one)];
    const peer = await one.peer();
    await eventually(() => (waiting.x.waiting !== undefined ? true : undefined), 'it waits');
    left.x.abort(new MeshError('abandoned', 'gone'));
    peer.close();
    assert.deepEqual([await over(waiting.caller), left.caller.ends], [['connect'], ['abandoned']]);
  });
});
