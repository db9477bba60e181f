import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { block, codeOf, data, frame, goaway, headers, reset, settings, settingsAck } from '#test/helpers/h2-peer.ts';
import { sessionEnds } from '#test/helpers/h2-session.ts';
import { eventually } from '#test/helpers/within.ts';
import { Code, Flag, PREFACE, Setting, Type, u32 } from './frame.ts';

const pairs = (payload: Buffer) =>
  Array.from({ length: payload.length / 6 }, (_, i) => [payload.readUInt16BE(6 * i), payload.readUInt32BE(6 * i + 2)]);

test('a server says its limits and widens the connection', async () => {
  const { peer, close } = await sessionEnds(true, { streams: 7, window: 1234, headerList: 99 });
  const hello = await peer.next();
  assert.equal(hello.type, Type.settings);
  assert.deepEqual(pairs(hello.payload), [
    [Setting.maxStreams, 7],
    [Setting.connectProtocol, 1],
    [Setting.window, 1234],
    [Setting.maxList, 99],
  ]);
  const wide = await peer.next();
  assert.deepEqual([wide.type, wide.stream, wide.payload.readUInt32BE(0)], [Type.window, 0, 2 ** 24 - 65_535]);
  close();
});

test('a client says the preface and wants no push', async () => {
  const { peer, close } = await sessionEnds(false, { streams: 7, window: 1234, headerList: 99 });
  await peer.preface();
  assert.deepEqual(pairs((await peer.next()).payload), [
    [Setting.push, 0],
    [Setting.window, 1234],
    [Setting.maxList, 99],
  ]);
  assert.equal((await peer.next()).type, Type.window);
  close();
});

describe('header blocks', () => {
  test('are told whole, with their end, however they are cut', async () => {
    const { peer, session, close } = await sessionEnds();
    session.lastStream = 9;
    peer.send(PREFACE, settings(), headers(1, [['x-a', '1']]));
    const fields = block([
      ['x-a', '1'],
      ['x-b', '2'],
    ]);
    peer.send(
      frame(Type.headers, 0, 3, fields.slice(0, 3)),
      frame(Type.continuation, Flag.endHeaders, 3, fields.slice(3)),
    );
    await peer.settled();
    assert.deepEqual(session.events, ['room', 'headers 1 x-a: 1 ends', 'headers 3 x-a: 1, x-b: 2']);
    close();
  });

  test('larger than the list may be are told as such, without what is too much; the next one is whole', async () => {
    const { peer, session, close } = await sessionEnds();
    session.lastStream = 9;
    // An entry of the dynamic table, and a reference to it: 2 * 533 bytes.
    const fat = `${'\x40\x01x\x7f\xf5\x02'}${'v'.repeat(500)}`;
    peer.send(
      PREFACE,
      settings(),
      frame(Type.headers, Flag.endHeaders, 1, `${fat}\xbe`),
      frame(Type.headers, Flag.endHeaders, 3, '\xbe'),
    );
    await peer.settled();
    const value = `x: ${'v'.repeat(500)}`;
    assert.deepEqual(session.events, ['room', `headers 1 ${value} too large`, `headers 3 ${value}`]);
    close();
  });

  test('of a bomb take no memory: a kilobyte that unfolds to megabytes', async () => {
    const { peer, session, close } = await sessionEnds(true, { streams: 100, window: 1000, headerList: 16_384 });
    session.lastStream = 2 ** 30 + 1;
    const entry = `${'\x40\x01x\x7f\xa1\x1e'}${'v'.repeat(4000)}`;
    peer.send(PREFACE, settings(), frame(Type.headers, Flag.endHeaders, 1, entry));
    for (let id = 3; id < 43; id += 2) peer.send(frame(Type.headers, Flag.endHeaders, id, '\xbe'.repeat(16_000)));
    await peer.settled();
    assert.equal(session.events.length, 22);
    for (const event of session.events.slice(2)) assert.ok(event.length < 20_000 && event.endsWith('too large'));
    close();
  });
});

describe('the end', () => {
  test('for cause: the code is told, streams are broken, and nothing is said after it', async () => {
    const { peer, session, stream, close } = await sessionEnds();
    const one = stream(5);
    await peer.send(PREFACE, settings()).settled();
    session.fail(Code.calm);
    session.fail(Code.protocol);
    session.out.reset(5, Code.cancel);
    const frames = await peer.rest();
    assert.deepEqual(
      frames.map((f) => [f.type, f.payload.toString('latin1')]),
      [[Type.goaway, u32(5) + u32(Code.calm)]],
    );
    assert.deepEqual(one.events, [`broken ${Code.internal} lost`]);
    peer.close();
    await eventually(() => (session.events.includes('closed') ? true : undefined), 'it is closed');
    assert.deepEqual(session.events.slice(-2), ['gone', 'closed']);
    close();
  });

  test('by the peer breaks the streams that are open', async () => {
    const { peer, session, stream, close } = await sessionEnds();
    const one = stream(1);
    await peer.send(PREFACE, settings(), data(1, 'x', true)).settled();
    peer.close();
    await eventually(() => (session.gone ? true : undefined), 'it is gone');
    assert.deepEqual(one.events, ['received x', 'end ', `broken ${Code.cancel} lost`]);
    assert.equal(session.streams.size, 0);
    close();
  });

  test('comes within a second or so for an offender that neither reads nor closes', async () => {
    const { peer, session, stream, close } = await sessionEnds();
    peer.send(PREFACE, settings([Setting.window, 2 ** 31 - 1]), frame(Type.window, 0, 0, u32(2 ** 30)));
    await peer.settled();
    peer.pause();
    const one = stream(1);
    for (let i = 0; i < 200; i++) one.send(Buffer.alloc(65_536), 0, 65_536);
    await new Promise((resolve) => setTimeout(resolve, 50));
    session.fail(Code.calm);
    const begin = performance.now();
    await eventually(() => (session.events.includes('closed') ? true : undefined), 'it is cut off');
    assert.ok(performance.now() - begin < 1500);
    peer.resume();
    await once(peer.socket, 'close');
    close();
  });

  test('of the connection is known only when it is closed, with all that was said', async () => {
    const { peer, session, close } = await sessionEnds();
    await peer.send(PREFACE, settings()).settled();
    session.fail(Code.none);
    assert.equal(session.events.at(-1), 'gone');
    assert.equal(codeOf(await peer.until(Type.goaway)), Code.none);
    peer.close();
    await eventually(() => (session.events.at(-1) === 'closed' ? true : undefined), 'it is closed');
    close();
  });
});

test('goaway, pings and resets of the peer are told', async () => {
  const { peer, session, stream, close } = await sessionEnds(false);
  const one = stream(1);
  await peer.preface();
  peer.send(settings(), settingsAck, frame(Type.ping, Flag.ack, 0, '12345678'), reset(1, Code.refused), goaway(7, 2));
  await eventually(() => (session.events.includes('goaway 7 2') ? true : undefined), 'it is told');
  assert.deepEqual(session.events, ['room', 'pong', 'room', 'goaway 7 2']);
  assert.deepEqual(one.events, [`broken ${Code.refused}`]);
  close();
});
