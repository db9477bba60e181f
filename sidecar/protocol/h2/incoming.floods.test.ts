import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import {
  codeOf,
  data,
  frame,
  get,
  goaway,
  headers,
  post,
  reset,
  settings,
  settingsAck,
  window,
} from '#test/helpers/h2-peer.ts';
import { serveH2 } from '#test/helpers/h2-server.ts';
import { reply } from '#test/helpers/http1-server.ts';
import { Code, Flag, Setting, Type } from './frame.ts';

const open = headers(1, post('web'), false);
const over = headers(1, get('web'));

describe('a flood ends the connection, and is calmed:', () => {
  const floods: readonly (readonly [what: string, frame: string, more: number, setup: string])[] = [
    ['PING', frame(Type.ping, 0, 0, '12345678'), 1000, ''],
    ['answers to pings', frame(Type.ping, Flag.ack, 0, '12345678'), 1000, ''],
    ['SETTINGS', settings([Setting.window, 1]), 1000, ''],
    ['SETTINGS without content', settings(), 1000, ''],
    ['acknowledgements', settingsAck, 1000, ''],
    ['large SETTINGS', settings(...Array(500).fill([Setting.window, 1])), 20, ''],
    ['PRIORITY', frame(Type.priority, 0, 77, '\0\0\0\x01\x10'), 1000, ''],
    ['unknown frames', frame(0x77, 0, 0, ''), 1000, ''],
    ['empty DATA', data(1, ''), 1000, open],
    ['DATA of nothing but padding', frame(Type.data, Flag.padded, 1, '\x01\0'), 1000, open],
    ['empty DATA on a stream that is over', data(1, ''), 1000, over],
    ['window updates by the byte', window(0, 1), 1000, ''],
    ['window updates by the byte on a stream', window(1, 1), 1000, open],
    ['window updates on a stream that is over', window(1, 1000), 1000, over],
    ['RST_STREAM on a stream that is over', reset(1, 8), 1000, over],
    ['GOAWAY', goaway(0, 0), 1000, open],
    ['CONTINUATION', frame(Type.continuation, 0, 1, '\x82'), 250, frame(Type.headers, 0, 1)],
    ['empty CONTINUATION', frame(Type.continuation, 0, 1), 10, frame(Type.headers, 0, 1)],
  ];
  for (const [what, one, allowed, setup] of floods) {
    test(what, async () => {
      const clock = new ManualClock(); // nothing is earned back by waiting
      using server = await serveH2((x) => x.request.method === 'GET' && reply(x), { clock });
      using caller = await server.caller();
      caller.send(setup, one.repeat(Math.floor(allowed * 0.9)));
      if (!what.includes('CONTINUATION'))
        assert.ok(!(await caller.settled()).some(({ type }) => type === Type.goaway), 'the first ones are taken');
      caller.send(one.repeat(Math.ceil(allowed * 0.2)));
      assert.equal(codeOf(await caller.until(Type.goaway)), Code.calm);
      assert.equal(await caller.closed, 'fin');
    });
  }

  test('requests begun and reset', async () => {
    using server = await serveH2(() => {}, { clock: new ManualClock() });
    using caller = await server.caller();
    for (let i = 0; i < 201; i++) caller.send(headers(2 * i + 1, get('web')), reset(2 * i + 1, Code.cancel));
    assert.equal(codeOf(await caller.until(Type.goaway)), Code.calm);
    assert.equal(server.exchanges.length, 201);
  });

  for (const [what, provoke] of [
    ['a window update of nothing', (id: number) => window(id, 0)],
    ['a window beyond 2^31 - 1', (id: number) => window(id, 2 ** 31 - 1)],
    ['PRIORITY of four bytes', (id: number) => frame(Type.priority, 0, id, 'abcd')],
    ['DATA behind the end', (id: number) => data(id, 'x')],
    ['HEADERS behind the end', (id: number) => headers(id, [['x-a', '1']])],
  ] as const) {
    test(`requests that the server is made to reset, by ${what} (CVE-2025-8671)`, async () => {
      using server = await serveH2(() => {}, { clock: new ManualClock() });
      using caller = await server.caller();
      for (let i = 0; i < 201; i++) caller.send(headers(2 * i + 1, get('web')), provoke(2 * i + 1));
      assert.equal(codeOf(await caller.until(Type.goaway)), Code.calm);
      assert.ok(server.exchanges.length <= 201);
    });
  }

  test('requests that are malformed', async () => {
    using server = await serveH2(() => {}, { clock: new ManualClock() });
    using caller = await server.caller();
    for (let i = 0; i < 300; i++) caller.send(headers(2 * i + 1, [[':method', 'GET']]));
    assert.equal(codeOf(await caller.until(Type.goaway)), Code.calm);
    assert.equal(server.exchanges.length, 0);
  });
});

describe('a busy caller is not taken for an attacker:', () => {
  test('cancelling one request in two', async () => {
    using server = await serveH2((x) => x.request.host === 'web' && reply(x), { clock: new ManualClock() });
    using caller = await server.caller();
    for (let i = 0; i < 1000; i++) {
      caller.send(headers(4 * i + 1, get('later')), reset(4 * i + 1, Code.cancel), headers(4 * i + 3, get('web')));
      if (i % 50 === 49) assert.ok(!(await caller.settled()).some(({ type }) => type === Type.goaway), `after ${i}`);
    }
    assert.equal(server.exchanges.length, 2000);
  });

  test('resetting streams whose answer it has', async () => {
    using server = await serveH2((x) => reply(x), { clock: new ManualClock() });
    using caller = await server.caller();
    for (let i = 0; i < 1000; i++) {
      const id = 2 * i + 1;
      caller.send(headers(id, post('web'), false));
      await caller.until(Type.headers, id);
      caller.send(reset(id, Code.none));
    }
    assert.ok(!(await caller.settled()).some(({ type }) => type === Type.goaway));
  });

  test('giving windows back after the end, and pinging at every answer', async () => {
    using server = await serveH2((x) => reply(x, 'body'), { clock: new ManualClock() });
    using caller = await server.caller();
    for (let i = 0; i < 2000; i++) {
      const id = 2 * i + 1;
      caller.send(headers(id, get('web')));
      await caller.until(Type.data, id);
      caller.send(window(id, 1000), window(0, 1000), frame(Type.ping, 0, 0, '12345678'));
    }
    assert.ok(!(await caller.settled()).some(({ type }) => type === Type.goaway));
  });
});
