import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf, data, get, headers, post, reset } from '#test/helpers/h2-peer.ts';
import { answerOn, ask, serveH2 } from '#test/helpers/h2-server.ts';
import { begin, finish, piece, reply, takeBody } from '#test/helpers/http1-server.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Exchange } from '../../router/exchange.ts';
import { Code, FRAME, Type } from './frame.ts';

describe('a request body', () => {
  test('that is short and of known length is gathered first', async () => {
    const { body } = await ask(
      (x) => reply(x, `${x.bodyLength} ${x.replayable} ${x.body}`),
      headers(1, post('web', ['content-length', '6']), false) + data(1, 'one') + data(1, 'two', true),
    );
    assert.equal(body, '6 true onetwo');
  });

  test('that is long is streamed as it comes', async () => {
    using server = await serveH2((x) => takeBody(x, (body) => reply(x, `${x.bodyLength} ${body.length}`)));
    using caller = await server.caller();
    caller.send(headers(1, post('web', ['content-length', '101']), false), data(1, 'x'));
    await eventually(() => (server.exchanges.length > 0 ? true : undefined), 'the request is passed on');
    caller.send(data(1, 'x'.repeat(100), true));
    assert.equal((await answerOn(caller)).body, '101 101');
  });

  test('of unknown length is streamed, with its trailers', async () => {
    const { body } = await ask(
      (x) => takeBody(x, (all, trailers) => reply(x, `${x.bodyLength} ${all} ${trailers}`)),
      headers(1, post('web'), false) + data(1, 'one') + data(1, 'two') + headers(1, [['x-sum', '1']]),
    );
    assert.equal(body, '-1 onetwo x-sum: 1\r\n');
  });

  test('with trailers is streamed even where it is short and of known length', async () => {
    const { body } = await ask(
      (x) => takeBody(x, (all, trailers) => reply(x, `${x.bodyLength} ${x.replayable} ${all} ${trailers}`)),
      headers(1, post('web', ['content-length', '3']), false) + data(1, 'one') + headers(1, [['x-sum', '1']]),
    );
    assert.equal(body, '3 false one x-sum: 1\r\n');
  });

  test('waits until the origin is ready for it, and no window is given meanwhile', async () => {
    using server = await serveH2();
    using caller = await server.caller();
    caller.send(headers(1, post('web'), false), data(1, 'x'.repeat(FRAME)).repeat(3));
    assert.deepEqual(await caller.settled(), []);
    const [x] = server.exchanges;
    const taken = takeBody(x ?? assert.fail());
    assert.equal(taken.body.length, 3 * FRAME);
    const given = await caller.until(Type.window, 1);
    assert.equal(given.payload.readUInt32BE(0), 3 * FRAME);
  });

  test('that the origin pauses stops within a window', async () => {
    using server = await serveH2((x) => void takeBody(x));
    using caller = await server.caller();
    caller.send(headers(1, post('web'), false), data(1, 'x'));
    await caller.settled();
    const [x] = server.exchanges;
    x?.downstream.pause();
    caller.send(data(1, 'x'.repeat(FRAME)).repeat(3));
    assert.deepEqual(await caller.settled(), []);
    x?.downstream.resume();
    assert.equal((await caller.until(Type.window, 1)).payload.readUInt32BE(0), 3 * FRAME + 1);
  });

  test('is answered with 100 where its caller waits for that, and only where there is one', async () => {
    using server = await serveH2((x) => takeBody(x, (body) => reply(x, body)));
    using caller = await server.caller();
    caller.send(headers(1, post('web', ['expect', '100-continue']), false));
    assert.deepEqual(caller.fields(await caller.until(Type.headers)), [[':status', '100']]);
    caller.send(data(1, 'body', true));
    assert.equal((await answerOn(caller)).body, 'body');
    const { heads } = await ask((x) => reply(x), headers(1, get('web', ['expect', '100-continue'])));
    assert.equal(heads.length, 1);
  });

  test('that is answered early is read over, and stopped where it goes on and on', async () => {
    using server = await serveH2((x) => reply(x, 'early'));
    using caller = await server.caller();
    caller.send(headers(1, post('web'), false));
    assert.equal((await answerOn(caller)).body, 'early');
    let sent = 0;
    for (let over = false; !over && sent < 100; sent++) {
      caller.send(data(1, 'x'.repeat(FRAME)));
      over = (await caller.settled()).some((f) => f.type === Type.reset && codeOf(f) === Code.none);
    }
    assert.equal(sent, 17, '256 KB and a frame');
    caller.send(data(1, 'x'.repeat(FRAME)), headers(3, get('web')));
    assert.equal((await answerOn(caller, 3)).body, 'early');
  });

  test('that is answered early, and short, ends in peace', async () => {
    using server = await serveH2((x) => reply(x, 'early'));
    using caller = await server.caller();
    caller.send(headers(1, post('web'), false));
    assert.equal((await answerOn(caller)).body, 'early');
    caller.send(data(1, 'late'), data(1, '', true));
    assert.deepEqual(await caller.settled(), []);
  });
});

describe('a caller that gives up', () => {
  const failures: string[] = [];
  const waiting = (x: Exchange) => {
    x.waiting = { cancel: () => failures.push('cancelled') };
    x.enter({
      head: () => true,
      end(of) {
        failures.push(`${of.error?.kind} ${of.over}`);
        return true;
      },
    });
  };

  test('by a reset ends its request, once', async () => {
    failures.length = 0;
    using server = await serveH2(waiting);
    using caller = await server.caller();
    caller.send(headers(1, get('web')), reset(1, Code.cancel), reset(1, Code.cancel));
    assert.deepEqual(await caller.settled(), []);
    assert.deepEqual(failures, ['cancelled', 'abandoned true']);
  });

  test('by closing its connection ends all of its requests', async () => {
    failures.length = 0;
    using server = await serveH2(waiting);
    const caller = await server.caller();
    caller.send(headers(1, get('web')), headers(3, get('web')));
    await caller.settled();
    caller.close();
    await eventually(() => (failures.length === 4 ? true : undefined), 'both are over');
    assert.deepEqual(failures, ['cancelled', 'abandoned true', 'cancelled', 'abandoned true']);
    assert.equal(server.counts.open, 0);
  });

  test('behind an early answer gives its request up at the origin too, which waits for the rest', async () => {
    failures.length = 0;
    using server = await serveH2((x) => {
      waiting(x);
      x.upstream = { write() {}, finish() {}, pause() {}, resume() {} };
      begin(x, 0);
      x.downstream.finish('');
    });
    using caller = await server.caller();
    caller.send(headers(1, post('web'), false));
    await answerOn(caller);
    caller.send(reset(1, Code.none));
    await caller.settled();
    assert.deepEqual(failures, ['cancelled', 'abandoned true']);
  });

  test('while its body is gathered has asked for nothing', async () => {
    using server = await serveH2();
    using caller = await server.caller();
    caller.send(headers(1, post('web', ['content-length', '10']), false), data(1, 'x'), reset(1, Code.cancel));
    await caller.settled();
    assert.equal(server.exchanges.length, 0);
  });
});

test('an extended CONNECT becomes the GET it stands for, and its DATA what follows the switch', async () => {
  using server = await serveH2((x) => {
    assert.deepEqual([x.request.method, x.request.protocol, x.bodyLength], ['GET', 'websocket', 0]);
    x.switched = true;
    begin(x, -1);
    piece(x, 'hello ');
    takeBody(x, (body) => finish(x, body === '' ? '' : `x-body: ${body}\r\n`));
  });
  using caller = await server.caller();
  const fields = [[':method', 'CONNECT'], [':protocol', 'websocket'], ...get('web').slice(1)] as const;
  caller.send(headers(1, fields, false), data(1, 'to and fro', true));
  const { heads, body } = await answerOn(caller);
  assert.deepEqual(heads, [
    [
      [':status', '200'],
      ['via', 'h2 linkerd'],
    ],
    [['x-body', 'to and fro']],
  ]);
  assert.equal(body, 'hello ');
  caller.send(headers(3, fields, true));
  assert.equal((await answerOn(caller, 3)).body, 'hello ', 'one that has nothing to say');
});
