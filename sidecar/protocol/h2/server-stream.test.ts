import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { get, headers, settings, window } from '#test/helpers/h2-peer.ts';
import { ask, serveH2 } from '#test/helpers/h2-server.ts';
import { begin, finish, piece, reply } from '#test/helpers/http1-server.ts';
import { type FailureKind, MeshError } from '../../router/errors.ts';
import { ResponseHead } from '../../router/response-head.ts';
import { statusTransport } from '../status.ts';
import { Code, FRAME, Setting, Type } from './frame.ts';

const via = ['via', 'h2 linkerd'] as const;

describe('an answer', () => {
  test('without a body is one HEADERS frame', async () => {
    const { heads, body, code } = await ask((x) => reply(x, '', (head) => (head.lines = 'X-A: 1\r\n')));
    assert.deepEqual(heads, [[[':status', '200'], via, ['x-a', '1'], ['content-length', '0']]]);
    assert.deepEqual([body, code], ['', undefined]);
  });

  test('with a whole body has its length', async () => {
    const { heads, body } = await ask((x) => reply(x, 'body', (head) => (head.status = 404)));
    assert.deepEqual(heads, [[[':status', '404'], via, ['content-length', '4']]]);
    assert.equal(body, 'body');
  });

  test('that is streamed comes piece by piece, with trailers behind it', async () => {
    const { heads, body } = await ask((x) => {
      begin(x, -1, (head) => (head.via = '1.1 a'));
      piece(x, 'one ');
      piece(x, 'two');
      finish(x, 'grpc-status: 0\r\n');
    });
    assert.deepEqual(heads, [
      [
        [':status', '200'],
        ['via', '1.1 a, h2 linkerd'],
      ],
      [['grpc-status', '0']],
    ]);
    assert.equal(body, 'one two');
  });

  test('in one piece may have trailers all the same', async () => {
    const { heads, body } = await ask((x) => {
      const head = new ResponseHead();
      head.status = 200;
      if (x.head(head)) x.downstream.respond(x, 4, Buffer.from('body'));
      finish(x, 'x-sum: 1\r\n');
    });
    assert.deepEqual([heads.length, heads[1], body], [2, [['x-sum', '1']], 'body']);
  });

  test('of length 0 with trailers says its length, and has them', async () => {
    const { heads } = await ask((x) => {
      const head = new ResponseHead();
      Object.assign(head, { status: 200, length: 0 });
      if (x.head(head)) x.downstream.respond(x, -1, undefined);
      finish(x, 'grpc-status: 5\r\n');
    });
    assert.deepEqual(heads, [[[':status', '200'], via, ['content-length', '0']], [['grpc-status', '5']]]);
  });

  test('made in the process passes', async () => {
    const { heads, code } = await ask((x) => statusTransport(503).send(x));
    assert.deepEqual([heads[0]?.[0], code], [[':status', '503'], undefined]);
  });

  for (const [what, method, status, length] of [
    ['HEAD', 'HEAD', 200, 1234],
    ['304', 'GET', 304, 1234],
    ['204', 'GET', 204, undefined],
  ] as const) {
    test(`to ${what} has a length at most, and no body`, async () => {
      const { heads, body } = await ask(
        (x) => {
          const head = new ResponseHead();
          head.status = status;
          head.length = 1234;
          if (x.head(head)) x.downstream.respond(x, -2, undefined);
          finish(x);
        },
        headers(1, [[':method', method], ...get('web').slice(1)]),
      );
      assert.equal(heads.length, 1);
      assert.equal(
        heads[0]?.find(([name]) => name === 'content-length')?.[1],
        length === undefined ? length : `${length}`,
      );
      assert.equal(body, '');
    });
  }

  test('may be announced by interim ones, but not followed by them', async () => {
    const { heads } = await ask((x) => {
      const hints = new ResponseHead();
      hints.status = 103;
      hints.lines = 'Link: </a>\r\n';
      x.downstream.inform(hints);
      begin(x, -1);
      x.downstream.inform(hints);
      finish(x);
    });
    assert.deepEqual(heads[0], [
      [':status', '103'],
      ['link', '</a>'],
    ]);
    assert.deepEqual([heads.length, heads[1]?.[0]], [2, [':status', '200']]);
  });

  test('waits where the caller takes no more, and goes on where it does', async () => {
    let asked = '';
    const size = 3 * FRAME;
    using server = await serveH2((x) => {
      x.upstream = {
        write() {},
        finish() {},
        pause: () => (asked += 'pause '),
        resume: () => (asked += 'resume '),
      };
      begin(x, size);
      piece(x, 'x'.repeat(size));
      finish(x, 'x-end: 1\r\n');
    });
    using caller = await server.caller(settings([Setting.window, 10]));
    caller.send(headers(1, get('web')));
    assert.equal((await caller.until(Type.data)).payload.length, 10);
    assert.deepEqual(await caller.settled(), []);
    assert.equal(asked, 'pause ');
    caller.send(window(1, 1000), window(1, size - 1010));
    assert.equal((await caller.until(Type.data)).payload.length, 1000);
    assert.deepEqual([(await caller.next()).payload.length, (await caller.next()).payload.length], [FRAME, FRAME]);
    const last = await caller.until(Type.headers);
    assert.deepEqual(caller.fields(last), [['x-end', '1']]);
  });
});

test('clearContext: nothing passes that a caller says to the mesh, or the mesh to a caller', async () => {
  let seen = '';
  const { heads } = await ask(
    (x) => {
      seen = `${x.request.userDtab}${x.request.lines}`;
      begin(x, -1, (head) => (head.lines = 'l5d-x: 1\r\nx-a: 1\r\n'));
      finish(x, 'l5d-success-class: 1.0\r\nx-end: 1\r\n');
    },
    headers(1, get('web', ['l5d-dtab', '/a=>/b'], ['l5d-y', '1'], ['x-b', '1'])),
    { clearContext: true },
  );
  assert.equal(seen, 'Host: web\r\nx-b: 1\r\n');
  assert.deepEqual(heads, [[[':status', '200'], via, ['x-a', '1']], [['x-end', '1']]]);
});

test('clearContext: a body that came with l5d-err is left out, and the answer is complete', async () => {
  for (const length of [6, -1]) {
    const { heads, body } = await ask(
      (x) => {
        begin(x, length, (head) => (head.lines = 'l5d-err: secret\r\nx-a: 1\r\n'));
        piece(x, 'secret');
        finish(x, 'x-end: 1\r\n');
      },
      undefined,
      { clearContext: true },
    );
    assert.deepEqual([heads[0]?.[0], heads[0]?.some(([name]) => name === 'x-a'), body], [[':status', '200'], true, '']);
  }
});

describe('the mesh answers itself', () => {
  test('with a status, the error as text and in l5d-err', async () => {
    const { heads, body } = await ask((x) => x.refuse('unbound', 'nö such name'));
    const message = Buffer.from('nö such name').toString('latin1');
    assert.deepEqual(heads, [
      [
        [':status', '502'],
        ['l5d-err', 'n%F6+such+name'],
        ['content-type', 'text/plain'],
        ['content-length', '13'],
      ],
    ]);
    assert.equal(body, message);
  });

  test('without a body to HEAD, and cut to its limits', async () => {
    const head = await ask(
      (x) => x.refuse('unbound', 'why'),
      headers(1, [[':method', 'HEAD'], ...get('web').slice(1)]),
    );
    assert.deepEqual([head.body, head.heads[0]?.[0]], ['', [':status', '502']]);
    const cut = await ask((x) => x.refuse('unbound', 'x'.repeat(5000)));
    assert.equal(cut.body.length, 1000);
    assert.equal(cut.heads[0]?.find(([name]) => name === 'l5d-err')?.[1]?.length, 2000);
  });

  test('with the status alone where nothing of the mesh may be told', async () => {
    const { heads, body } = await ask((x) => x.refuse('unbound', 'why'), undefined, { clearContext: true });
    assert.equal(body, '');
    assert.equal(
      heads[0]?.some(([name]) => name.startsWith('l5d-')),
      false,
    );
  });

  /** As Linkerd does (§6.3). */
  const codes: readonly (readonly [FailureKind, number])[] = [
    ['unidentified', Code.refused],
    ['nacked', Code.refused],
    ['refused', Code.refused],
    ['attemptTimeout', Code.internal],
    ['totalTimeout', Code.internal],
    ['badResponse', Code.internal],
    ['reset', Code.cancel],
    ['stale', Code.cancel],
  ];
  for (const [kind, code] of codes) {
    test(`with RST_STREAM ${code} for ${kind}`, async () => {
      assert.equal((await ask((x) => x.refuse(kind, 'why'))).code, code);
    });
  }

  test("with the origin's own code, before the answer and within it", async () => {
    const error = new MeshError('reset', 'why', { cause: Code.calm });
    assert.equal((await ask((x) => x.fail(error))).code, Code.calm);
    const within = await ask((x) => {
      begin(x, -1);
      piece(x, 'part');
      x.fail(error);
    });
    assert.deepEqual([within.body, within.code], ['part', Code.calm]);
  });
});
