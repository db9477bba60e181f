import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  block,
  codeOf,
  data,
  frame,
  get,
  H2Peer,
  headers,
  post,
  reset,
  settings,
  settingsAck,
  window,
} from '#test/helpers/h2-peer.ts';
import { serveH2 } from '#test/helpers/h2-server.ts';
import { reply } from '#test/helpers/http1-server.ts';
import { Code, Flag, FRAME, Setting, Type, u32 } from './frame.ts';

const open = headers(1, post('web'), false);
const over = headers(1, get('web'));

describe('the connection ends, with the code', () => {
  const violations: readonly (readonly [code: keyof typeof Code, what: string, frames: string])[] = [
    ['protocol', 'HEADERS on an even stream', headers(2, get('web'))],
    ['protocol', 'DATA on a stream that was never opened', data(1, 'x')],
    ['protocol', 'DATA on an even stream', open + data(2, 'x')],
    ['protocol', 'RST_STREAM on a stream that was never opened', reset(1, 0)],
    ['protocol', 'WINDOW_UPDATE on a stream that was never opened', window(1, 1)],
    ['protocol', 'RST_STREAM on stream 0', reset(0, 0)],
    ['protocol', 'PRIORITY on stream 0', frame(Type.priority, 0, 0, '\0\0\0\x01\0')],
    ['protocol', 'SETTINGS on a stream', frame(Type.settings, 0, 1)],
    ['protocol', 'PING on a stream', frame(Type.ping, 0, 1, '12345678')],
    ['protocol', 'GOAWAY on a stream', frame(Type.goaway, 0, 1, '12345678')],
    ['protocol', 'PUSH_PROMISE', frame(Type.push, Flag.endHeaders, 1, u32(2))],
    ['protocol', 'a window update of nothing', window(0, 0)],
    ['frameSize', 'RST_STREAM of three bytes', open + frame(Type.reset, 0, 1, 'abc')],
    ['frameSize', 'SETTINGS of five bytes', frame(Type.settings, 0, 0, 'abcde')],
    ['frameSize', 'an acknowledgement with a payload', frame(Type.settings, Flag.ack, 0, 'abcdef')],
    ['frameSize', 'PING of seven bytes', frame(Type.ping, 0, 0, '1234567')],
    ['frameSize', 'GOAWAY of seven bytes', frame(Type.goaway, 0, 0, '1234567')],
    ['frameSize', 'WINDOW_UPDATE of five bytes', frame(Type.window, 0, 0, '12345')],
    ['flowControl', 'a window beyond 2^31 - 1', window(0, 2 ** 31 - 1)],
    [
      'flowControl',
      'a window of all streams beyond 2^31 - 1',
      open + window(1, 2 ** 30) + settings([Setting.window, 2 ** 30]),
    ],
    ['flowControl', 'settings with a window beyond 2^31 - 1', settings([Setting.window, 2 ** 31])],
    ['flowControl', 'more DATA than the window of its stream', open + data(1, 'x'.repeat(FRAME)).repeat(4)],
    [
      'compression',
      'a header block that cannot be decoded',
      frame(Type.headers, Flag.endHeaders | Flag.endStream, 1, '\x80'),
    ],
    ['streamClosed', 'HEADERS on a stream that is complete', over + headers(1, get('web'))],
    ['streamClosed', 'HEADERS on a stream that was passed by', headers(3, get('web')) + headers(1, get('web'))],
  ];
  for (const [code, what, frames] of violations) {
    test(`${code} for ${what}`, async () => {
      // A window that DATA of 64 KB overruns by a byte.
      using server = await serveH2((x) => x.request.method === 'GET' && reply(x), { limits: { window: 65_535 } });
      using caller = await server.caller();
      caller.send(settingsAck, frames, headers(99, get('never')));
      const last = await caller.until(Type.goaway);
      assert.equal(codeOf(last), Code[code]);
      assert.equal(await caller.closed, 'fin');
      assert.ok(!server.exchanges.some((x) => x.request.host === 'never'));
    });
  }

  test('protocol for anything but HTTP/2', async () => {
    using server = await serveH2();
    const peer = new H2Peer(connect(server.port, '127.0.0.1'));
    peer.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal(codeOf(await peer.until(Type.goaway)), Code.protocol);
    assert.equal(await peer.closed, 'fin');
  });
});

describe('one stream is reset, and the connection goes on, with the code', () => {
  const violations: readonly (readonly [code: keyof typeof Code, what: string, frames: string])[] = [
    ['protocol', 'a window update of nothing', open + window(1, 0)],
    ['flowControl', 'a window beyond 2^31 - 1', open + window(1, 2 ** 31 - 1)],
    ['frameSize', 'PRIORITY of four bytes', open + frame(Type.priority, 0, 1, '\0\0\0\x03')],
    ['protocol', 'PRIORITY upon itself', open + frame(Type.priority, 0, 1, `${u32(1)}\0`)],
    ['frameSize', 'PRIORITY of four bytes on a stream that is not open', frame(Type.priority, 0, 1, '\0\0\0\x03')],
    ['protocol', 'a malformed request', headers(1, [[':method', 'GET']])],
    ['protocol', 'a length without a body', headers(1, post('web', ['content-length', '1']))],
    [
      'protocol',
      'a body longer than its length',
      headers(1, post('web', ['content-length', '200']), false) + data(1, 'x'.repeat(201)),
    ],
    [
      'protocol',
      'a body shorter than its length',
      headers(1, post('web', ['content-length', '200']), false) + data(1, 'x', true),
    ],
    [
      'protocol',
      'trailers that do not end the stream',
      open + frame(Type.headers, Flag.endHeaders, 1, block([['x-a', '1']])),
    ],
    ['protocol', 'trailers with a pseudo-header', open + headers(1, [[':path', '/']])],
    ['streamClosed', 'DATA behind the end', headers(1, get('later')) + data(1, 'x')],
    ['streamClosed', 'HEADERS behind the end', headers(1, get('later')) + headers(1, [['x-a', '1']])],
    ['streamClosed', 'DATA on a stream that is complete', over + data(1, 'x')],
    ['streamClosed', 'DATA on a stream that its caller reset', open + reset(1, 8) + data(1, 'x')],
  ];
  for (const [code, what, frames] of violations) {
    test(`${code} for ${what}`, async () => {
      using server = await serveH2((x) => x.request.host !== 'later' && x.request.method === 'GET' && reply(x));
      using caller = await server.caller();
      caller.send(frames);
      const end = await caller.until(Type.reset);
      assert.deepEqual([end.stream, codeOf(end)], [1, Code[code]]);
      caller.send(headers(3, get('web')));
      assert.equal((await caller.until(Type.headers)).stream, 3);
    });
  }
});

describe('read over:', () => {
  const harmless: readonly (readonly [what: string, frames: string])[] = [
    ['unknown frames', frame(0x77, 0xff, 0, 'x') + frame(0xff, 0, 5, '')],
    ['unknown settings', settings([0x99, 1], [0xffff, 2 ** 32 - 1])],
    ['flags that mean nothing', frame(Type.ping, 0xfe, 0, '12345678')],
    ['priorities', frame(Type.priority, 0, 1, '\0\0\0\x03\x10') + frame(Type.priority, 0, 77, '\0\0\0\x01\x10')],
    ['frames of a stream that is complete', over + window(1, 100) + reset(1, 8)],
    ['an answer to a ping that was not sent', frame(Type.ping, Flag.ack, 0, '12345678')],
  ];
  for (const [what, frames] of harmless) {
    test(what, async () => {
      using server = await serveH2((x) => reply(x));
      using caller = await server.caller();
      caller.send(frames, headers(101, get('web')));
      assert.equal((await caller.until(Type.headers, 101)).stream, 101);
      for (const { type } of await caller.settled()) assert.ok(type !== Type.reset && type !== Type.goaway);
    });
  }

  test('what was on its way when a stream was reset: data, and trailers', async () => {
    using server = await serveH2((x) => {
      if (x.request.method === 'POST') x.refuse('unidentified', 'no');
      else reply(x);
    });
    using caller = await server.caller();
    const body = data(1, 'x'.repeat(100)).repeat(600);
    caller.send(
      open,
      body,
      headers(1, [['x-sum', '1']]),
      headers(3, post('web'), false),
      body.replaceAll('\0\0\0\x01x', '\0\0\0\x03x'),
    );
    caller.send(headers(5, get('web')));
    const seen = await caller.settled();
    assert.deepEqual(
      seen.filter((f) => f.type === Type.reset).map((f) => [f.stream, codeOf(f)]),
      [
        [1, Code.refused],
        [3, Code.refused],
      ],
    );
    assert.deepEqual(
      seen.filter((f) => f.type === Type.headers).map((f) => f.stream),
      [5],
    );
  });
});

test('settings are acknowledged, and pings answered with the same bytes', async () => {
  using server = await serveH2();
  using caller = await server.caller();
  caller.send(settings([Setting.window, 1]), frame(Type.ping, 0, 0, '\0\xff345678'));
  const ack = await caller.next();
  assert.deepEqual([ack.type, ack.flags, ack.payload.length], [Type.settings, Flag.ack, 0]);
  const pong = await caller.next();
  assert.deepEqual([pong.type, pong.flags, pong.payload.toString('latin1')], [Type.ping, Flag.ack, '\0\xff345678']);
});

test("the connection's window is given back for whatever came, wanted or not", async () => {
  using server = await serveH2((x) => x.refuse('unidentified', 'no'));
  using caller = await server.caller();
  const size = 4 * FRAME - 4;
  let given = 0;
  for (let stream = 1; given === 0 && stream < 1000; stream += 2) {
    caller.send(headers(stream, post('web'), false), data(stream, 'x'.repeat(FRAME - 1)).repeat(4));
    for (const { type, stream: on, payload } of await caller.settled())
      if (type === Type.window && on === 0) given = payload.readUInt32BE(0);
    if (given > 0) assert.ok(given > 2 ** 23 && given <= (size * (stream + 1)) / 2, `${given}`);
  }
  assert.ok(given > 0);
});

test('a window smaller than the usual one holds from when the caller knows of it', async () => {
  using server = await serveH2(() => {}, { limits: { window: 1000 } });
  {
    using caller = await H2Peer.connect(server.port);
    caller.send(headers(1, post('web'), false), data(1, 'x'.repeat(10_000)));
    assert.deepEqual(
      (await caller.settled()).filter((f) => f.type === Type.goaway),
      [],
    );
    // The stream is overdrawn now, which is no reason not to end it.
    caller.send(settingsAck, data(1, '', true));
    assert.deepEqual(
      (await caller.settled()).filter((f) => f.type === Type.goaway),
      [],
    );
  }
  using caller = await server.caller();
  caller.send(settingsAck, headers(1, post('web'), false), data(1, 'x'.repeat(1001)));
  assert.equal(codeOf(await caller.until(Type.goaway)), Code.flowControl);
});

test('no frames make it throw: the connection ends with a code, or goes on', async () => {
  using server = await serveH2((x) => reply(x));
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom(block(get('web')), block(post('web')), block([['x-a', '1']]), u32(1), u32(2 ** 31 - 1)),
  );
  const any = fc.tuple(fc.nat(10), fc.nat(63), fc.nat(5), payload);
  await fc.assert(
    fc.asyncProperty(fc.array(any, { maxLength: 20 }), async (frames) => {
      using caller = await server.caller();
      caller.send(...frames.map(([type, flags, stream, bytes]) => frame(type, flags, stream, bytes)));
      const alive = await Promise.race([caller.closed, caller.settled().catch(() => 'closed' as const)]);
      assert.notEqual(alive, 'reset');
    }),
    { numRuns: 150 },
  );
  using caller = await server.caller();
  caller.send(headers(1, get('web')));
  assert.equal((await caller.until(Type.headers)).stream, 1);
});
