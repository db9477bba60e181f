import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { codeOf, data, type Fields, type H2Peer, headers, settings, window } from '#test/helpers/h2-peer.ts';
import { h2Connected, upload } from '#test/helpers/h2-transport.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { eventually } from '#test/helpers/within.ts';
import { Code, Flag, FRAME, Setting, Type } from './frame.ts';

const ok: Fields = [[':status', '200']];
/** Answers the first request with these frames once it is here. */
const answering = (...frames: readonly string[]) => ({
  serve: async (peer: H2Peer) => {
    await peer.until(Type.headers, 1);
    peer.send(...frames);
  },
});

describe('a request', () => {
  test('is pseudo-headers, its fields, and what the mesh adds', async () => {
    await using one = await h2Connected();
    const { x } = one.send({ method: 'PUT', uri: '/a?b', host: 'web', lines: 'X-A: 1\r\nAuthorization: s\r\n' });
    const peer = await one.peer();
    const head = await peer.until(Type.headers);
    assert.deepEqual(peer.fields(head), [
      [':method', 'PUT'],
      [':scheme', 'http'],
      [':path', '/a?b'],
      [':authority', 'web'],
      ['x-a', '1'],
      ['authorization', 's'],
      ['via', '1.1 linkerd'],
    ]);
    assert.equal(head.flags, Flag.endHeaders | Flag.endStream);
    assert.equal(x.address, one.origin.authority);
  });

  test('keeps te: trailers, its scheme and the proxies before, and has the length of its body', async () => {
    await using one = await h2Connected();
    const { x } = one.send({ method: 'POST', body: 'body', lines: '' });
    x.request.teTrailers = true;
    x.request.scheme = 'https';
    x.request.via = '1.1 a';
    const peer = await one.peer();
    const fields = new Map(peer.fields(await peer.until(Type.headers)));
    assert.deepEqual(
      ['te', ':scheme', 'via', 'content-length'].map((name) => fields.get(name)),
      ['trailers', 'https', '1.1 a, 1.1 linkerd', '4'],
    );
    assert.equal((await peer.until(Type.data)).payload.toString(), 'body');
    const end = await peer.until(Type.data);
    assert.deepEqual([end.type, end.flags, end.payload.length], [Type.data, Flag.endStream, 0]);
  });

  test('that is streamed sends its body as it comes, with trailers', async () => {
    await using one = await h2Connected();
    const { x, caller } = one.send({ method: 'POST', streamed: -1 });
    const peer = await one.peer();
    assert.equal((await peer.until(Type.headers)).flags, Flag.endHeaders);
    await upload(x, caller, ['one', 'two'], 'X-Sum: 1\r\n');
    assert.equal(
      (await peer.until(Type.data)).payload.toString() + (await peer.until(Type.data)).payload.toString(),
      'onetwo',
    );
    const trailers = await peer.until(Type.headers);
    assert.deepEqual([peer.fields(trailers), trailers.flags], [[['x-sum', '1']], Flag.endHeaders | Flag.endStream]);
  });

  test('stops its caller where the origin takes no more', async () => {
    await using one = await h2Connected();
    const { x, caller } = one.send({ method: 'POST', streamed: -1 });
    const peer = await one.peer();
    await upload(x, caller, ['x'.repeat(65_536)]);
    assert.equal(caller.paused, true);
    peer.send(window(0, 10), window(1, 10));
    await peer.until(Type.data, 1);
    for (let left = 65_536 - FRAME; left > 0; ) left -= (await peer.until(Type.data, 1)).payload.length;
    assert.equal(caller.paused, true, 'its body is complete: nothing is to go on');
  });
});

describe('an answer', () => {
  const lengthOf = (n: number): Fields => [...ok, ['content-length', String(n)]];
  const answers: readonly (readonly [what: string, frames: string, length: number, body: string, trailers: string])[] =
    [
      ['without a body', headers(1, ok), 0, '', ''],
      ['of a known length', headers(1, lengthOf(12), false) + data(1, 'twelve bytes', true), 12, 'twelve bytes', ''],
      [
        'short and of a known length',
        headers(1, lengthOf(4), false) + data(1, 'bo') + data(1, 'dy', true),
        4,
        'body',
        '',
      ],
      [
        'of unknown length',
        headers(1, ok, false) + data(1, 'one') + data(1, 'two') + data(1, '', true),
        -1,
        'onetwo',
        '',
      ],
      ['with trailers', headers(1, ok, false) + data(1, 'one') + headers(1, [['x-a', '1']]), -1, 'one', 'x-a: 1\r\n'],
      [
        'short, with trailers',
        headers(1, lengthOf(3), false) + data(1, 'one') + headers(1, [['x-a', '1']]),
        3,
        'one',
        'x-a: 1\r\n',
      ],
      ['of length 0, with trailers', headers(1, lengthOf(0), false) + headers(1, [['x-a', '1']]), -1, '', 'x-a: 1\r\n'],
    ];
  for (const [what, frames, length, body, trailers] of answers) {
    test(`${what} passes`, async () => {
      await using one = await h2Connected(answering(frames));
      const { caller, x } = one.send();
      assert.deepEqual(await over(caller), [200]);
      assert.deepEqual(caller.responses, [{ status: 200, length }]);
      assert.deepEqual([caller.body, caller.finished, x.trailers], [body, trailers, trailers]);
      assert.deepEqual(await (await one.peer()).settled(), []);
    });
  }

  for (const [what, method, fields] of [
    ['HEAD', 'HEAD', lengthOf(100)],
    [
      '304',
      'GET',
      [
        [':status', '304'],
        ['content-length', '100'],
      ],
    ],
    ['204', 'GET', [[':status', '204']]],
  ] as const) {
    for (const ends of [true, false]) {
      test(`to ${what} has no body, whatever it says (${ends ? 'in its head' : 'behind it'})`, async () => {
        await using one = await h2Connected(answering(headers(1, fields, ends), ends ? '' : data(1, '', true)));
        const { caller } = one.send({ method });
        await over(caller);
        assert.deepEqual([caller.responses[0]?.length, caller.finished, caller.body], [-2, '', '']);
      });
    }
  }

  test('may be announced by interim ones, of which 100 ends here', async () => {
    const frames = [
      headers(1, [[':status', '100']], false),
      headers(
        1,
        [
          [':status', '103'],
          ['link', 'x'],
        ],
        false,
      ),
    ];
    await using one = await h2Connected(answering(...frames, headers(1, ok)));
    const { caller } = one.send();
    await over(caller);
    assert.deepEqual([caller.informed, caller.responses.length], [[103], 1]);
  });

  test('before the request is through ends it: what is left is of no use', async () => {
    await using one = await h2Connected(answering(headers(1, ok, false), data(1, 'early', true)));
    const { caller } = one.send({ method: 'POST', streamed: -1 });
    assert.deepEqual(await over(caller), [200]);
    assert.equal(caller.body, 'early');
    assert.equal(codeOf(await (await one.peer()).until(Type.reset, 1)), Code.none);
  });

  test('whose taker pauses stops the origin within a window', async () => {
    await using one = await h2Connected(answering(headers(1, ok, false), data(1, 'x')));
    const { x, caller } = one.send();
    await eventually(() => (caller.body === 'x' ? true : undefined), 'it has begun');
    x.upstream?.pause();
    const peer = await one.peer();
    peer.send(data(1, 'x'.repeat(FRAME)).repeat(3));
    assert.deepEqual(await peer.settled(), []);
    x.upstream?.resume();
    const given = (await peer.until(Type.window, 1)).payload.readUInt32BE(0);
    assert.equal(given, 3 * FRAME + 1 + 65_535 - 32_768, 'and all of the window, now that it is taken');
  });

  test('that a stage wants to have again is given up, and its stream with it', async () => {
    for (const [frames, resets] of [
      [headers(1, ok, false), 1],
      [headers(1, ok), 0],
      [headers(1, lengthOf(3), false) + data(1, 'one', true), 0],
    ] as const) {
      await using one = await h2Connected(answering(frames));
      const { x, caller } = one.send();
      let heads = 0;
      x.enter({
        head: () => {
          heads += 1;
          return false;
        },
        end: () => true,
      });
      await over(caller);
      assert.deepEqual([heads, caller.responses], [1, []]);
      const peer = await one.peer();
      assert.equal((await peer.settled()).filter(({ type }) => type === Type.reset).length, resets);
    }
  });
});

test('a caller that gives up resets its stream, and no other', async () => {
  await using one = await h2Connected();
  const [first, second] = [one.send(), one.send()];
  const peer = await one.peer();
  await peer.until(Type.headers, 3);
  first.x.abort(Object.assign(new Error('gone'), { kind: 'abandoned' as const, name: 'MeshError' as const }));
  const end = await peer.until(Type.reset);
  assert.deepEqual([end.stream, codeOf(end)], [1, Code.cancel]);
  peer.send(headers(1, ok), headers(3, ok));
  assert.deepEqual(await over(second.caller), [200]);
  assert.deepEqual(first.caller.ends, ['abandoned']);
});

test('CONNECT and what came as Upgrade ask for a tunnel, which carries bytes once it is granted', async () => {
  const connect = { method: 'CONNECT', uri: 'web:443', host: 'web:443', streamed: -1 };
  const extended = [
    [':protocol', 'websocket'],
    [':scheme', 'http'],
    [':path', '/chat'],
    [':authority', 'web'],
  ];
  for (const [request, protocol, pseudo] of [
    [connect, '', [[':authority', 'web:443']]],
    [{ uri: '/chat' }, 'WebSocket', extended],
  ] as const) {
    await using one = await h2Connected({ hello: settings([Setting.connectProtocol, 1]) });
    const { x, caller } = call(request);
    x.request.protocol = protocol;
    one.transport.send(x);
    const peer = await one.peer();
    const head = await peer.until(Type.headers, 1);
    const fields = peer.fields(head).filter(([name]) => name.startsWith(':'));
    assert.deepEqual([fields, head.flags], [[[':method', 'CONNECT'], ...pseudo], Flag.endHeaders]);
    peer.send(headers(1, ok, false), data(1, 'from afar'));
    await eventually(() => (caller.body === 'from afar' ? true : undefined), 'bytes are through');
    assert.deepEqual([x.switched, caller.responses[0]?.length], [true, -1]);
    x.upstream?.write(Buffer.from('to afar'), 0, 7);
    assert.equal((await peer.until(Type.data, 1)).payload.toString(), 'to afar');
    peer.send(data(1, '', true));
    await eventually(() => caller.finished, 'the far side has ended');
  }
});
