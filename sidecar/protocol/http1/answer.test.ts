import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { begin, finish, piece, reply, serve } from '#test/helpers/http1-server.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import type { Exchange } from '../../router/exchange.ts';
import { ResponseHead } from '../../router/response-head.ts';

/** Everything a caller gets that sends one request and waits for the end. */
async function raw(send: (x: Exchange) => void, request = 'GET / HTTP/1.1', clearContext = false): Promise<string> {
  using server = await serve(send, { clearContext });
  using client = await RawClient.connect(server.port);
  await client.send(`${request}\r\nHost: web\r\nConnection: close\r\n\r\n`);
  return await client.rest();
}

const lines = (text: string) => (head: ResponseHead) => {
  head.lines = text;
};

describe('an answer', () => {
  test('goes out with its reason and fields, Via, its length and the end of the connection', async () => {
    const text = await raw((x) =>
      reply(x, 'hello', (head) => {
        head.reason = 'Fine';
        head.lines = 'X-A:  1\r\nx-b: 2\r\n';
      }),
    );
    assert.equal(
      text,
      'HTTP/1.1 200 Fine\r\nVia: 1.1 linkerd\r\nX-A:  1\r\nx-b: 2\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
    );
  });

  test('adds itself to Via, and gives a reason where there is none', async () => {
    const text = await raw((x) =>
      reply(x, '', (head) => {
        head.via = '1.1 origin';
        head.status = 404;
      }),
    );
    assert.match(text, /^HTTP\/1\.1 404 Not Found\r\nVia: 1\.1 origin, 1\.1 linkerd\r\n/);
  });

  test('of unknown length is chunked, each piece as it came, trailers behind', async () => {
    const text = await raw((x) => {
      begin(x, -1);
      piece(x, 'hello ');
      piece(x, '');
      piece(x, 'w'.repeat(16));
      finish(x, 'X-Sum: 1\r\n');
    });
    assert.match(text, /Transfer-Encoding: chunked\r\n/);
    assert.ok(text.endsWith(`\r\n\r\n6\r\nhello \r\n10\r\n${'w'.repeat(16)}\r\n0\r\nX-Sum: 1\r\n\r\n`), text);
  });

  test('of unknown length to an HTTP/1.0 caller ends with the connection', async () => {
    const text = await raw((x) => {
      begin(x, -1);
      piece(x, 'hello');
      finish(x, 'X-Sum: 1\r\n');
    }, 'GET / HTTP/1.0');
    assert.ok(text.endsWith('\r\nConnection: close\r\n\r\nhello'), text);
    assert.doesNotMatch(text, /chunked/i);
  });

  for (const [what, request, status, length, expected] of [
    ['to HEAD tells the length it was given', 'HEAD / HTTP/1.1', 200, 5000, 'Content-Length: 5000\r\n'],
    ['of 304 likewise', 'GET / HTTP/1.1', 304, 5000, 'Content-Length: 5000\r\n'],
    ['of 204 tells none', 'GET / HTTP/1.1', 204, 0, ''],
    ['to HEAD without a length tells none', 'HEAD / HTTP/1.1', 200, -1, ''],
  ] as const) {
    test(`${what}, and has no body`, async () => {
      const text = await raw((x) => {
        begin(x, -2, (head) => {
          head.status = status;
          head.reason = 'R';
          head.length = length;
        });
        finish(x);
      }, request);
      assert.equal(text, `HTTP/1.1 ${status} R\r\nVia: 1.1 linkerd\r\n${expected}Connection: close\r\n\r\n`);
    });
  }

  test('to HEAD without a length ends the connection, as in Linkerd', async () => {
    using server = await serve((x) => {
      begin(x, -2, (head) => {
        head.length = -1;
      });
      finish(x);
    });
    using client = await RawClient.connect(server.port);
    await client.send('HEAD / HTTP/1.1\r\n\r\n');
    assert.match(await client.rest(), /Connection: close\r\n\r\n$/);
  });
});

describe('an interim answer', () => {
  const inform = (x: Exchange) => {
    const head = new ResponseHead();
    head.status = 103;
    head.lines = 'Link: x\r\nl5d-err: told\r\n';
    x.downstream.inform(head);
    reply(x, 'ok');
    x.downstream.inform(head);
  };

  test('goes before the last one, with a reason, and never behind it', async () => {
    const text = await raw(inform);
    assert.match(text, /^HTTP\/1\.1 103 Early Hints\r\nLink: x\r\nl5d-err: told\r\n\r\nHTTP\/1\.1 200 /);
    assert.equal(text.match(/ 103 /g)?.length, 1);
  });

  test('does not go to an HTTP/1.0 caller', async () => {
    assert.match(await raw(inform, 'GET / HTTP/1.0'), /^HTTP\/1\.1 200 /);
  });

  test('tells nothing of the mesh where the context is cleared', async () => {
    assert.match(await raw(inform, 'GET / HTTP/1.1', true), /^HTTP\/1\.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/);
  });
});

test('where the context is cleared no l5d field reaches the service or the caller', async () => {
  let seen: Exchange | undefined;
  const text = await raw(
    (x) => {
      seen = x;
      reply(x, 'ok', lines('L5D-Success-Class: 1.0\r\nX-A: l5d-b\r\nl5d-retryable: x\r\n'));
    },
    'GET / HTTP/1.1\r\nl5d-dtab: /a=>/b\r\nL5d-Other: 1\r\nX-l5d: 2',
    true,
  );
  assert.equal(seen?.request.userDtab, '');
  assert.equal(seen?.request.lines, 'X-l5d: 2\r\nHost: web\r\n');
  assert.match(text, /\r\nX-A: l5d-b\r\nContent-Length: 2\r\n/);
  assert.doesNotMatch(text, /^l5d/im);
});

describe('an error of the mesh', () => {
  test('is told in the body and in l5d-err, and the connection goes on', async () => {
    using server = await serve((x) => x.refuse('unbound', 'nowhere to go: /svc/web'));
    using client = await RawClient.connect(server.port);
    for (let i = 0; i < 2; i++) {
      await client.send('GET / HTTP/1.1\r\n\r\n');
      const response = await client.response();
      assert.deepEqual(
        [response.status, response.body.toString(), response.headers],
        [
          502,
          'nowhere to go: /svc/web',
          [
            ['l5d-err', 'nowhere+to+go%3A+%2Fsvc%2Fweb'],
            ['Content-Type', 'text/plain'],
            ['Content-Length', '23'],
          ],
        ],
      );
    }
  });

  test('to HEAD has the head alone', async () => {
    using server = await serve((x) => x.refuse('unbound', 'nowhere'));
    const response = await exchange(server.port, 'HEAD / HTTP/1.1\r\n\r\n');
    assert.deepEqual([response.status, response.body.length], [502, 0]);
  });

  test('says where the connection ends', async () => {
    const text = await raw((x) => x.refuse('totalTimeout', 'late'));
    assert.match(text, /^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\nConnection: close\r\n/);
  });

  test('tells its status alone where the context is cleared', async () => {
    const text = await raw((x) => x.refuse('unbound', 'secret'), 'GET / HTTP/1.1', true);
    assert.equal(
      text,
      'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
  });
});

describe('clearContext: a body that came with l5d-err', () => {
  const error = lines('l5d-err: secret\r\nX-A: 1\r\n');
  const told = 'HTTP/1.1 200 OK\r\nVia: 1.1 linkerd\r\nX-A: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

  test('is left out, gathered or streamed, with a length or in chunks, and the answer is complete', async () => {
    assert.equal(await raw((x) => reply(x, 'secret', error), undefined, true), told);
    for (const length of [6, -1]) {
      const text = await raw(
        (x) => {
          begin(x, length, error);
          piece(x, 'secret');
          finish(x);
        },
        undefined,
        true,
      );
      assert.equal(text, told);
    }
  });

  test('is passed on by servers that do not clear', async () => {
    assert.match(await raw((x) => reply(x, 'secret', error)), /l5d-err: secret[\s\S]*secret$/);
  });
});
