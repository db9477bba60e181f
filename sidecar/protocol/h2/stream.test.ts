import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { data, frame, headers, settings, settingsAck, window } from '#test/helpers/h2-peer.ts';
import { sessionEnds } from '#test/helpers/h2-session.ts';
import { Flag, FRAME, PREFACE, Setting, Type } from './frame.ts';

/** A session whose peer has said that streams begin with a window of so many bytes. */
async function greeted(windowOf: number) {
  const ends = await sessionEnds();
  ends.peer.send(PREFACE, settings([Setting.window, windowOf]), settingsAck);
  await ends.peer.settled();
  return ends;
}

test('bytes within the window go out at once, in frames of 16 KB at most', async () => {
  const { peer, stream, close } = await greeted(100_000);
  const one = stream(1);
  one.send(Buffer.alloc(2 * FRAME + 5, 'x'), 0, 2 * FRAME + 5);
  one.sendEnd('');
  const frames = (await peer.settled()).map(({ type, flags, payload }) => [type, flags, payload.length]);
  const expected = [
    [Type.data, 0, FRAME],
    [Type.data, 0, FRAME],
    [Type.data, 0, 5],
    [Type.data, Flag.endStream, 0],
  ];
  assert.deepEqual(frames, expected);
  assert.deepEqual(one.events, []);
  close();
});

test('what is beyond the window is a copy, waits in order, and so does the end', async () => {
  const { peer, stream, close } = await greeted(4);
  const one = stream(1);
  const bytes = Buffer.from('abcdefgh');
  one.send(bytes, 0, 6);
  one.send(bytes, 6, 8);
  bytes.fill('!');
  one.sendEnd('x-end: 1\r\n');
  assert.deepEqual(one.events, ['full'], 'said once');
  assert.equal((await peer.until(Type.data)).payload.toString(), 'abcd');
  assert.deepEqual(await peer.settled(), []);
  peer.send(window(1, 3));
  assert.equal((await peer.until(Type.data)).payload.toString(), 'ef');
  assert.equal((await peer.until(Type.data)).payload.toString(), 'g');
  peer.send(window(1, 1));
  assert.equal((await peer.until(Type.data)).payload.toString(), 'h');
  const end = await peer.next();
  assert.deepEqual([end.type, end.flags], [Type.headers, Flag.endHeaders | Flag.endStream]);
  assert.deepEqual(one.events, ['full']);
  close();
});

test('an end that had to wait is said once, whatever windows are given behind it', async () => {
  const { peer, stream, close } = await greeted(1);
  const one = stream(1);
  one.send(Buffer.from('ab'), 0, 2);
  one.sendEnd('');
  peer.send(window(1, 1));
  await peer.until(Type.data);
  assert.equal((await peer.until(Type.data)).payload.toString(), 'b');
  assert.equal((await peer.until(Type.data)).flags, Flag.endStream);
  peer.send(window(1, 1000), window(0, 1000), settings([Setting.window, 5]));
  assert.deepEqual(await peer.settled(), []);
  close();
});

test('a source that was stopped is told to go on when everything is out', async () => {
  const { peer, stream, close } = await greeted(1);
  const one = stream(1);
  one.send(Buffer.from('abc'), 0, 3);
  peer.send(window(1, 1));
  await peer.settled();
  assert.deepEqual(one.events, ['full']);
  peer.send(window(1, 1));
  await peer.settled();
  assert.deepEqual(one.events, ['full', 'drained']);
  close();
});

test('a window that is made smaller may be negative, and has to be made up for', async () => {
  const { peer, session, stream, close } = await greeted(10);
  const one = stream(1);
  one.send(Buffer.alloc(10), 0, 10);
  peer.send(settings([Setting.window, 4]));
  await peer.settled();
  assert.equal(one.sendWindow, -6);
  one.send(Buffer.from('x'), 0, 1);
  peer.send(window(1, 6));
  assert.ok(!(await peer.settled()).some(({ type }) => type === Type.data));
  peer.send(settings([Setting.window, 5]));
  assert.equal((await peer.until(Type.data)).payload.toString(), 'x');
  assert.equal(session.peer.window, 5);
  close();
});

test("the connection's window holds for all streams together, and lets each have its turn", async () => {
  const { peer, stream, close } = await greeted(1_000_000);
  const [one, two] = [stream(1), stream(3)];
  one.send(Buffer.alloc(65_535), 0, 65_535);
  one.send(Buffer.from('one'), 0, 3);
  two.send(Buffer.from('two'), 0, 3);
  await peer.settled();
  peer.send(window(0, 3));
  assert.equal((await peer.until(Type.data)).payload.toString(), 'one');
  peer.send(window(0, 3));
  assert.equal((await peer.until(Type.data)).payload.toString(), 'two');
  close();
});

test('whatever the windows do, bytes arrive in order and never more than was allowed', async () => {
  const step = fc.oneof(
    fc.record({ send: fc.integer({ min: 0, max: 40_000 }) }),
    fc.record({ stream: fc.integer({ min: 1, max: 40_000 }) }),
    fc.record({ connection: fc.integer({ min: 1, max: 40_000 }) }),
    fc.record({ initial: fc.integer({ min: 0, max: 40_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 70_000 }), fc.array(step, { maxLength: 25 }), async (initial, steps) => {
      const { peer, stream, close } = await greeted(initial);
      const one = stream(1);
      let now = initial;
      let allowed = initial;
      let connection = 65_535;
      let sent = 0;
      let got = 0;
      const take = async (): Promise<void> => {
        for (const { type, payload } of await peer.settled()) {
          if (type !== Type.data) continue;
          for (const byte of payload) assert.equal(byte, got++ % 251);
        }
        assert.equal(got, Math.max(got, Math.min(sent, allowed, connection)), 'all that is allowed');
        assert.ok(got <= connection);
      };
      for (const s of steps) {
        if ('send' in s) {
          const bytes = Buffer.from(Array.from({ length: s.send }, (_, i) => (sent + i) % 251));
          one.send(bytes, 0, bytes.length);
          sent += s.send;
        } else if ('stream' in s) {
          peer.send(window(1, s.stream));
          allowed += s.stream;
        } else if ('connection' in s) {
          peer.send(window(0, s.connection));
          connection += s.connection;
        } else {
          peer.send(settings([Setting.window, s.initial]));
          allowed += s.initial - now;
          now = s.initial;
        }
        const before = got;
        await take();
        assert.ok(got === before || got <= Math.max(allowed, before));
      }
      close();
    }),
    { numRuns: 40 },
  );
});

test('windows are given back in steps of half, while whoever takes the bytes keeps up', async () => {
  const { peer, stream, close } = await greeted(10);
  const one = stream(1);
  peer.send(data(1, 'x'.repeat(499)));
  assert.deepEqual(await peer.settled(), []);
  peer.send(data(1, 'x'));
  const given = await peer.until(Type.window, 1);
  assert.equal(given.payload.readUInt32BE(0), 500);
  one.pauseReceiving();
  peer.send(data(1, 'x'.repeat(600)));
  assert.deepEqual(await peer.settled(), []);
  one.resumeReceiving();
  assert.equal((await peer.until(Type.window, 1)).payload.readUInt32BE(0), 600);
  close();
});

test('a client gives part of what it might at first, and all of it once its bytes are taken', async () => {
  const { peer, stream, close } = await sessionEnds(false, { streams: 1, window: 100_000, headerList: 1000 });
  const one = stream(1);
  await peer.preface();
  const hello = await peer.next();
  assert.equal(hello.payload.readUInt32BE(8), 32_768);
  await peer.send(settings(), settingsAck).settled();
  peer.send(data(1, 'x'.repeat(16_000)));
  assert.deepEqual(await peer.settled(), []);
  one.pauseReceiving();
  peer.send(data(1, 'x'.repeat(16_000)));
  assert.deepEqual(await peer.settled(), [], 'nothing more for a stream that is not taken');
  one.resumeReceiving();
  assert.equal((await peer.until(Type.window, 1)).payload.readUInt32BE(0), 32_000 + 100_000 - 32_768);
  peer.send(data(1, 'x'.repeat(16_000)).repeat(3));
  assert.deepEqual(await peer.settled(), []);
  peer.send(data(1, 'x'.repeat(2000)));
  assert.equal((await peer.until(Type.window, 1)).payload.readUInt32BE(0), 50_000);
  close();
});

test('padding counts, and no window is given behind the end', async () => {
  const { peer, stream, close } = await greeted(10);
  stream(1);
  stream(3);
  peer.send(frame(Type.data, Flag.padded, 1, `${'\xff'}x${'\0'.repeat(255)}`).repeat(2));
  assert.equal((await peer.until(Type.window, 1)).payload.readUInt32BE(0), 2 * 257);
  peer.send(data(3, 'x'.repeat(900), true));
  assert.deepEqual(await peer.settled(), []);
  close();
});

test('both sides complete is the end of a stream, whichever comes last', async () => {
  const { peer, session, stream, close } = await greeted(10);
  const [one, two] = [stream(1), stream(3)];
  one.sendEnd('');
  peer.send(data(1, 'x', true), headers(3, [['x-a', '1']]));
  await peer.settled();
  assert.deepEqual(one.events, ['received x', 'end ', 'finished']);
  assert.deepEqual([one.gone, session.streams.size], [true, 1]);
  two.sendEnd('');
  two.sendEnd('');
  two.send(Buffer.from('x'), 0, 1);
  assert.equal((await peer.settled()).length, 1, 'nothing behind the end');
  close();
});

test('a stream that is over sends nothing of what it had queued', async () => {
  const { peer, session, stream, close } = await greeted(1);
  const one = stream(1);
  one.send(Buffer.from('abc'), 0, 3);
  one.sendEnd('');
  session.reset(one, 8);
  peer.send(window(0, 100));
  const types = (await peer.settled()).map(({ type }) => type);
  assert.deepEqual(types, [Type.data, Type.reset]);
  assert.equal(one.queued, false);
  close();
});
