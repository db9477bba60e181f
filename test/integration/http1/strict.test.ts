import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
let origin: ScriptedOrigin;
before(async () => {
  [linker, origin] = await Promise.all([startRouter(), ScriptedOrigin.start()]);
});
after(async () => {
  await linker.close();
  await origin.close();
});

const host = () => `Host: 127.0.0.1:${origin.port}\r\n`;

/** Heads that may mean one thing to us and another to an origin (RFC 9112 §2.2, §3, §5.1, §5.2, §6.1, §6.3). */
const heads: Readonly<Record<string, () => string>> = {
  'Content-Length with chunked': () =>
    `POST / HTTP/1.1\r\n${host()}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked with Content-Length': () =>
    `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  'two Content-Lengths that differ': () =>
    `POST / HTTP/1.1\r\n${host()}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  'two equal Content-Lengths': () => `POST / HTTP/1.1\r\n${host()}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
  'a list of Content-Lengths': () => `POST / HTTP/1.1\r\n${host()}Content-Length: 5, 5\r\n\r\nhello`,
  'Content-Length +5': () => `POST / HTTP/1.1\r\n${host()}Content-Length: +5\r\n\r\nhello`,
  'Content-Length -5': () => `POST / HTTP/1.1\r\n${host()}Content-Length: -5\r\n\r\nhello`,
  'Content-Length 0x5': () => `POST / HTTP/1.1\r\n${host()}Content-Length: 0x5\r\n\r\nhello`,
  'Content-Length 5 5': () => `POST / HTTP/1.1\r\n${host()}Content-Length: 5 5\r\n\r\nhello`,
  'an empty Content-Length': () => `POST / HTTP/1.1\r\n${host()}Content-Length:\r\n\r\n`,
  'Content-Length beyond 64 bits': () =>
    `POST / HTTP/1.1\r\n${host()}Content-Length: 18446744073709551621\r\n\r\nhello`,
  'Transfer-Encoding: gzip': () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: gzip, chunked': () =>
    `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: chunked, chunked': () =>
    `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: chunked, identity': () =>
    `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: identity': () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: identity\r\n\r\n`,
  'Transfer-Encoding: xchunked': () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: "chunked"': () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding twice': () =>
    `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding with a vertical tab': () =>
    `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  'an empty Transfer-Encoding': () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding:\r\n\r\n0\r\n\r\n`,
  'chunked in HTTP/1.0': () => `POST / HTTP/1.0\r\n${host()}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a blank before the colon': () => `POST / HTTP/1.1\r\n${host()}Content-Length : 5\r\n\r\nhello`,
  'a tab before the colon': () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n`,
  'a blank before the first header': () => `GET / HTTP/1.1\r\n ${host()}\r\n`,
  'obsolete folding with a blank': () => `GET / HTTP/1.1\r\n${host()}X-A: one\r\n two\r\n\r\n`,
  'obsolete folding with a tab': () => `GET / HTTP/1.1\r\n${host()}Transfer-Encoding:\r\n\tchunked\r\n\r\n`,
  'a bare line feed after a header': () => `GET / HTTP/1.1\r\n${host()}X-A: 1\nX-B: 2\r\n\r\n`,
  'a bare line feed after the request line': () => `GET / HTTP/1.1\n${host()}\r\n`,
  'bare line feeds everywhere': () => `GET / HTTP/1.1\n${host().replace('\r', '')}\n`,
  'a bare carriage return in a value': () => `GET / HTTP/1.1\r\n${host()}X-A: 1\rX-B: 2\r\n\r\n`,
  'a bare carriage return at the end of a line': () => `GET / HTTP/1.1\r\n${host()}X-A: 1\r\r\n\r\n`,
  'a header without a colon': () => `GET / HTTP/1.1\r\n${host()}X-A\r\n\r\n`,
  'a header without a name': () => `GET / HTTP/1.1\r\n${host()}: 1\r\n\r\n`,
  'a blank in a name': () => `GET / HTTP/1.1\r\n${host()}X A: 1\r\n\r\n`,
  'a parenthesis in a name': () => `GET / HTTP/1.1\r\n${host()}X(A): 1\r\n\r\n`,
  'a byte above 127 in a name': () => `GET / HTTP/1.1\r\n${host()}X-\xe9: 1\r\n\r\n`,
  'NUL in a name': () => `GET / HTTP/1.1\r\n${host()}X-\0A: 1\r\n\r\n`,
  'NUL in a value': () => `GET / HTTP/1.1\r\n${host()}X-A: a\0b\r\n\r\n`,
  'a control byte in a value': () => `GET / HTTP/1.1\r\n${host()}X-A: a\x01b\r\n\r\n`,
  'DEL in a value': () => `GET / HTTP/1.1\r\n${host()}X-A: a\x7fb\r\n\r\n`,
  'NUL in the target': () => `GET /\0 HTTP/1.1\r\n${host()}\r\n`,
  'a control byte in the target': () => `GET /\x01 HTTP/1.1\r\n${host()}\r\n`,
  'a byte above 127 in the target': () => `GET /\xe9 HTTP/1.1\r\n${host()}\r\n`,
  'a blank in the target': () => `GET /a b HTTP/1.1\r\n${host()}\r\n`,
  'a tab in the request line': () => `GET\t/ HTTP/1.1\r\n${host()}\r\n`,
  'two blanks in the request line': () => `GET  / HTTP/1.1\r\n${host()}\r\n`,
  'a blank before the method': () => ` GET / HTTP/1.1\r\n${host()}\r\n`,
  'a blank after the version': () => `GET / HTTP/1.1 \r\n${host()}\r\n`,
  'no target': () => `GET HTTP/1.1\r\n${host()}\r\n`,
  'no version': () => `GET /\r\n${host()}\r\n`,
  'a method with a slash': () => `GE/T / HTTP/1.1\r\n${host()}\r\n`,
  'a method with a quote': () => `"GET" / HTTP/1.1\r\n${host()}\r\n`,
  'http/1.1 in lower case': () => `GET / http/1.1\r\n${host()}\r\n`,
  'HTTP/1.10': () => `GET / HTTP/1.10\r\n${host()}\r\n`,
  'HTTP/01.1': () => `GET / HTTP/01.1\r\n${host()}\r\n`,
  'HTTP/2.0': () => `GET / HTTP/2.0\r\n${host()}\r\n`,
  'HTTP/0.9 with a version': () => `GET / HTTP/0.9\r\n${host()}\r\n`,
  'two Hosts': () => `GET / HTTP/1.1\r\n${host()}${host()}\r\n`,
  'no Host in HTTP/1.1': () => 'GET / HTTP/1.1\r\nX-A: 1\r\n\r\n',
  'bytes of TLS': () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
};

for (const [what, text] of Object.entries(heads)) {
  test(`${what}: refused, and nothing of it reaches the origin`, async () => {
    const before = origin.requests.length;
    using client = await RawClient.connect(linker.port);
    const followed = request('GET /smuggled', origin);
    await client.send(text() + followed);
    const { status } = await client.response();
    assert.ok(status === 400 || (status === 505 && /^HTTP/.test(what)), String(status));
    if (what === 'no Host in HTTP/1.1') {
      await client.response(); // a request without a name is well-formed: the next one is answered
    } else {
      await client.closed;
      assert.equal(client.unread, '', 'nothing follows the refusal');
      assert.equal(origin.requests.length, before);
    }
    assert.deepEqual(origin.faults, []);
  });
}

/** Chunked bodies that are not (RFC 9112 §7.1). The head alone is good, so the origin may have seen it, but no end. */
const bodies: Readonly<Record<string, string>> = {
  'a size that is no number': 'xyz\r\nhello\r\n0\r\n\r\n',
  'a negative size': '-5\r\nhello\r\n0\r\n\r\n',
  'a size with 0x': '0x5\r\nhello\r\n0\r\n\r\n',
  'a size with a sign': '+5\r\nhello\r\n0\r\n\r\n',
  'a size with an underscore': '1_0\r\nhello\r\n0\r\n\r\n',
  'an empty size': '\r\nhello\r\n0\r\n\r\n',
  'a size beyond 64 bits': '10000000000000005\r\nhello\r\n0\r\n\r\n',
  'a size of twenty zeros and a five': '000000000000000000005\r\nhello\r\n0\r\n\r\n',
  'a blank before the size': ' 5\r\nhello\r\n0\r\n\r\n',
  'a bare line feed after the size': '5\nhello\r\n0\r\n\r\n',
  'a bare line feed after the data': '5\r\nhello\n0\r\n\r\n',
  'data longer than its size': '3\r\nhello\r\n0\r\n\r\n',
  'data shorter than its size': '6\r\nhello\r\n0\r\n\r\n',
  'no line end after the data': '5\r\nhello0\r\n\r\n',
  'a bare carriage return in an extension': '5;a\rb\r\nhello\r\n0\r\n\r\n',
  'a bare line feed in an extension': '5;a\nb\r\nhello\r\n0\r\n\r\n',
  'NUL in an extension': '5;a\0b\r\nhello\r\n0\r\n\r\n',
  'a trailer without a colon': '5\r\nhello\r\n0\r\nX-A\r\n\r\n',
  'a trailer with a blank before the colon': '5\r\nhello\r\n0\r\nX-A : 1\r\n\r\n',
  'a folded trailer': '5\r\nhello\r\n0\r\nX-A: 1\r\n 2\r\n\r\n',
  'a bare line feed after the last chunk': '5\r\nhello\r\n0\n\r\n',
  'a bare line feed for the end': '5\r\nhello\r\n0\r\n\n',
};

for (const [what, body] of Object.entries(bodies)) {
  test(`a chunked body with ${what} is refused, and the request never ends for the origin`, async () => {
    const before = origin.requests.length;
    using client = await RawClient.connect(linker.port);
    await client.send(
      request('POST /', origin, 'Transfer-Encoding: chunked\r\n', body),
      20,
      request('GET /smuggled', origin),
    );
    await client.closed;
    assert.match(client.unread, /^(?:$|HTTP\/1\.[01] 400 )/);
    for (const received of origin.requests.slice(before)) {
      assert.equal(received.target, '/');
      assert.equal(received.read, undefined, 'the origin has seen no end of the body');
    }
  });
}

test('what is unusual but right passes', async () => {
  const right = [
    `\r\n\r\nGET /1 HTTP/1.1\r\n${host()}\r\n`,
    `GET /2 HTTP/1.1\r\n${host()}X_a.b!#$%&'*+^|~\`: 1\r\n\r\n`,
    `GET /3 HTTP/1.1\r\n${host()}X-A:\t 1 \t\r\n\r\n`,
    `GET /4 HTTP/1.1\r\n${host()}X-A: \x80\xff\r\n\r\n`,
    `POST /5 HTTP/1.1\r\n${host()}TRANSFER-ENCODING:  CHUNKED \r\n\r\n0005;x\r\nhello\r\n00\r\n\r\n`,
    `POST /6 HTTP/1.1\r\n${host()}Content-Length: 0000005\r\n\r\nhello`,
    `G@T.*! /7 HTTP/1.1\r\n${host()}\r\n`.replace('@', '-'),
  ];
  for (const text of right) assert.equal((await exchange(linker.port, text, 'GET')).status, 200, text);
  assert.deepEqual(origin.faults, []);
});
