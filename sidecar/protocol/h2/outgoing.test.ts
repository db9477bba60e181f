import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Frame, H2Peer } from '#test/helpers/h2-peer.ts';
import { type WirePair, wirePair } from '#test/helpers/wire-pair.ts';
import { eventually } from '#test/helpers/within.ts';
import { FloodGuard } from './flood.ts';
import { Code, Flag, FRAME, Type, u32, WINDOW } from './frame.ts';
import { encodeField } from './hpack-encoder.ts';
import { Outgoing } from './outgoing.ts';

async function outgoing(guard = new FloodGuard(10, 0, 0)): Promise<{ out: Outgoing; peer: H2Peer; pair: WirePair }> {
  const pair = await wirePair({
    data() {},
    full: () => out.choke(),
    drained: () => out.unchoke(),
    closed() {},
  });
  const out = new Outgoing(() => pair.wire, guard);
  return { out, peer: new H2Peer(pair.caller), pair };
}

const shown = ({ type, flags, stream, payload }: Frame) => [type, flags, stream, payload.toString('latin1')];

test('frames go out as they are said', async () => {
  const { out, peer, pair } = await outgoing();
  out.frame(Type.settings, Flag.ack, 0, '');
  out.updateWindow(3, 70_000);
  out.reset(5, Code.cancel);
  out.data(7, Buffer.from('xbodyx'), 1, 5);
  out.goaway(9, Code.calm);
  assert.deepEqual(shown(await peer.next()), [Type.settings, Flag.ack, 0, '']);
  assert.deepEqual(shown(await peer.next()), [Type.window, 0, 3, u32(70_000)]);
  assert.deepEqual(shown(await peer.next()), [Type.reset, 0, 5, u32(Code.cancel)]);
  assert.deepEqual(shown(await peer.next()), [Type.data, 0, 7, 'body']);
  assert.deepEqual(shown(await peer.next()), [Type.goaway, 0, 0, u32(9) + u32(Code.calm)]);
  pair.close();
});

test('a long header block is cut into CONTINUATION frames, the last of which ends it', async () => {
  const { out, peer, pair } = await outgoing();
  const whole = 'b'.repeat(2 * FRAME);
  for (const [block, types] of [
    [whole.slice(0, FRAME), [[Type.headers, Flag.endHeaders | Flag.endStream]]],
    [
      whole.slice(0, FRAME + 1),
      [
        [Type.headers, Flag.endStream],
        [Type.continuation, Flag.endHeaders],
      ],
    ],
    [
      whole,
      [
        [Type.headers, Flag.endStream],
        [Type.continuation, Flag.endHeaders],
      ],
    ],
    [
      `${whole}b`,
      [
        [Type.headers, Flag.endStream],
        [Type.continuation, 0],
        [Type.continuation, Flag.endHeaders],
      ],
    ],
  ] as const) {
    out.headers(1, block, true);
    let got = '';
    for (const [type, flags] of types) {
      const frame = await peer.next();
      assert.deepEqual([frame.type, frame.flags, frame.stream], [type, flags, 1]);
      got += frame.payload.toString('latin1');
    }
    assert.ok(got === block);
  }
  pair.close();
});

test('a table that the peer made small is acknowledged at the start of the next block, once', async () => {
  const { out, peer, pair } = await outgoing();
  out.tellTable();
  out.headers(1, encodeField(':status', '200'), true);
  out.headers(3, encodeField(':status', '200'), true);
  assert.equal((await peer.next()).payload.toString('hex'), '2088');
  assert.equal((await peer.next()).payload.toString('hex'), '88');
  pair.close();
});

test("room is the peer's window, less what was sent and more what it gives", async () => {
  const { out, pair } = await outgoing();
  assert.equal(out.room(), WINDOW);
  out.data(1, Buffer.alloc(FRAME), 0, FRAME);
  assert.equal(out.room(), WINDOW - FRAME);
  assert.equal(out.widen(1000), true);
  assert.equal(out.room(), WINDOW - FRAME + 1000);
  assert.equal(out.widen(2 ** 31 - 1 - out.room()), true);
  assert.equal(out.widen(1), false, 'more than a window can be');
  pair.close();
});

test('who waits is called once for each time it waits, in order, and not when it is forgotten', async () => {
  const { out, pair } = await outgoing();
  const calls: string[] = [];
  const sender = (name: string, again = false) => {
    const self = {
      pump(): void {
        calls.push(name);
        if (again) out.wait(self);
      },
    };
    return self;
  };
  const [a, b, c] = [sender('a', true), sender('b'), sender('c')];
  for (const one of [a, b, c, a]) out.wait(one);
  out.forget(b);
  out.pump();
  assert.deepEqual(calls.splice(0), ['a', 'c']);
  out.pump();
  assert.deepEqual(calls, ['a']);
  pair.close();
});

test('a socket that is full leaves no room until it has drained', async () => {
  const { out, peer, pair } = await outgoing();
  let pumped = 0;
  peer.pause();
  assert.ok(out.widen(2 ** 30));
  const bytes = Buffer.alloc(FRAME);
  for (let i = 0; i < 2000 && out.room() > 0; i++) {
    out.data(1, bytes, 0, FRAME);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(out.room(), 0);
  assert.ok(pair.wire.socket.writableLength < 2 ** 20, 'no more than about the high-water mark is held');
  out.wait({ pump: () => pumped++ });
  peer.resume();
  await eventually(() => (pumped === 1 ? true : undefined), 'the socket has drained');
  assert.ok(out.room() > 0);
  pair.close();
});

test('sending bodies is work done for the peer', async () => {
  const guard = new FloodGuard(10, 0, 0);
  const { out, pair } = await outgoing(guard);
  assert.equal(guard.allows(10, 0), true);
  for (let i = 0; i < 3; i++) out.data(1, Buffer.alloc(1), 0, 1);
  assert.equal(guard.allows(3, 0), true);
  assert.equal(guard.allows(1, 0), false);
  pair.close();
});

test('after its end it has sent what was said before, and sends nothing more', async () => {
  const { out, peer, pair } = await outgoing();
  out.goaway(0, Code.none);
  out.end();
  out.reset(1, Code.cancel);
  pair.wire.end();
  assert.deepEqual(
    (await peer.rest()).map(({ type }) => type),
    [Type.goaway],
  );
  pair.close();
});
