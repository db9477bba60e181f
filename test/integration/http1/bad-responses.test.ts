import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { StreamEnded } from '#test/helpers/byte-queue.ts';
import { value } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { answerWith, plain, type Script, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
before(async () => {
  linker = await startRouter();
});
after(() => linker.close());

const ok = 'HTTP/1.1 200 OK\r\n';

/** Answers that are none: the caller gets 502 with the reason in `l5d-err`, and not a byte of them. */
const noAnswers: Readonly<Record<string, string>> = {
  'no HTTP': 'HELLO WORLD\r\n\r\n',
  'HTTP/2.0': 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
  'a status that is no number': 'HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n',
  'a length and chunked': `${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'two lengths that differ': `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  'a length that is no number': `${ok}Content-Length: five\r\n\r\nhello`,
  'a negative length': `${ok}Content-Length: -5\r\n\r\nhello`,
  'a coding that is not chunked': `${ok}Transfer-Encoding: gzip\r\n\r\nhello`,
  'chunked twice': `${ok}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  'a blank before the colon': `${ok}Content-Length : 5\r\n\r\nhello`,
  'a folded line': `${ok}X-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`,
  'a bare carriage return': `${ok}X-A: 1\rX-B: 2\r\nContent-Length: 0\r\n\r\n`,
  'bare line feeds': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
  'NUL in a value': `${ok}X-A: 1\x002\r\nContent-Length: 0\r\n\r\n`,
};

for (const [what, bytes] of Object.entries(noAnswers)) {
  test(`${what}: bad gateway, and the caller's connection stays good`, async () => {
    await using origin = await ScriptedOrigin.start(answerWith(bytes));
    await using good = await ScriptedOrigin.start();
    using client = await RawClient.connect(linker.port);
    await client.send(request('GET /', origin));
    const response = await client.response();
    assert.equal(response.status, 502);
    assert.ok(value(response, 'l5d-err'));
    await client.send(request('GET /', good));
    assert.equal((await client.response()).body.toString(), 'ok');
  });
}

const then = (end: 'end' | 'reset', bytes: string): Script => {
  return async (_, reply) => {
    await reply.send(bytes, 20);
    reply[end]();
  };
};

for (const end of ['end', 'reset'] as const) {
  for (const [what, bytes] of [
    ['without a byte', ''],
    ['inside the head', 'HTTP/1.1 200 OK\r\nX-A: '],
  ] as const) {
    test(`an origin that ${end}s ${what} is a bad gateway`, async () => {
      await using origin = await ScriptedOrigin.start(then(end, bytes));
      assert.equal((await exchange(linker.port, request('POST /', origin, 'Content-Length: 1\r\n', 'x'))).status, 502);
    });
  }

  for (const [what, bytes] of [
    ['a long body', `${ok}Content-Length: 100000\r\n\r\n${'x'.repeat(20_000)}`],
    ['a chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n8\r\nabc`],
    ['the pause between two chunks', `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`],
  ] as const) {
    test(`an origin that ${end}s inside ${what} leaves the caller a body that is visibly cut`, async () => {
      await using origin = await ScriptedOrigin.start(then(end, bytes));
      await assert.rejects(exchange(linker.port, request('GET /', origin)), StreamEnded);
    });
  }
}

for (const chunk of ['xyz\r\nhello\r\n', '-1\r\n', '5\nhello\r\n', '3\r\nhello\r\n']) {
  test(`a response chunk ${JSON.stringify(chunk)} cuts the body visibly`, async () => {
    await using origin = await ScriptedOrigin.start(
      answerWith(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n${chunk}0\r\n\r\n`),
    );
    await assert.rejects(exchange(linker.port, request('GET /', origin)), StreamEnded);
  });
}

test('more bytes than announced never answer the next caller', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) =>
    reply.send(r.target === '/bad' ? plain(200, 'ok') + plain(200, 'evil') : plain(200, 'mine')),
  );
  using first = await RawClient.connect(linker.port);
  using second = await RawClient.connect(linker.port);
  for (let i = 0; i < 5; i++) {
    await first.send(request('GET /bad', origin));
    assert.equal((await first.response()).body.toString(), 'ok');
    await second.send(request('GET /good', origin));
    assert.equal((await second.response()).body.toString(), 'mine');
  }
  assert.equal(first.unread + second.unread, '');
});

test('bytes that come unasked on an idle connection answer nobody', async () => {
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    await reply.send(plain(200, 'mine'));
    setTimeout(() => void reply.send(plain(200, 'evil')), 30);
  });
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 3; i++) {
    await client.send(request('GET /', origin));
    assert.equal((await client.response()).body.toString(), 'mine');
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  assert.equal(client.unread, '');
});

test('a body where there can be none does not answer the next caller', async () => {
  await using origin = await ScriptedOrigin.start((r, reply) =>
    reply.send(
      r.method === 'HEAD' ? plain(200, 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil') : plain(200, 'mine'),
    ),
  );
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 3; i++) {
    await client.send(request('HEAD /', origin));
    assert.equal((await client.response('HEAD')).status, 200);
    await client.send(request('GET /', origin));
    assert.equal((await client.response()).body.toString(), 'mine');
  }
});
