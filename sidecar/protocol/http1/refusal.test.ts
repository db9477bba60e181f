import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MeshError } from '../../router/errors.ts';
import { bareRefusal, errorResponse } from './refusal.ts';

for (const [status, reason] of [
  [400, 'Bad Request'],
  [414, 'URI Too Long'],
  [431, 'Request Header Fields Too Large'],
] as const) {
  test(`bytes that are no request get a bare ${status} in HTTP/1.0, and the end`, () => {
    assert.equal(bareRefusal(status), `HTTP/1.0 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
}

describe('an error response', () => {
  const form = { compress: undefined, noBody: false, last: false, bodyBytes: 1000, headerBytes: 1000, bare: false };

  test('has the text as body and encoded in l5d-err', () => {
    assert.equal(
      errorResponse(new MeshError('unbound', 'a b\nc'), form),
      'HTTP/1.1 502 Bad Gateway\r\nl5d-err: a+b%0Ac\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\na b\nc',
    );
  });

  test('cuts both at their limits', () => {
    const text = errorResponse(new MeshError('unbound', '0123456789'), { ...form, bodyBytes: 4, headerBytes: 6 });
    assert.match(text, /l5d-err: 012345\r\n[\s\S]*Content-Length: 4\r\n\r\n0123$/);
  });

  test('counts its body in bytes, whatever it is written in', () => {
    const text = errorResponse(new MeshError('unbound', 'dé–'), form);
    const [, length, body] = /Content-Length: (\d+)\r\n\r\n([\s\S]*)$/.exec(text) ?? [];
    assert.equal(Buffer.from(body ?? '', 'latin1').toString('utf8'), 'dé–');
    assert.equal(Number(length), body?.length);
  });

  test('never holds a line end or a byte above 127 in its head', () => {
    const [head = ''] = errorResponse(new MeshError('unbound', 'a\r\nX-Evil: 1\r\n\r\né–'), form).split('\r\n\r\n');
    assert.doesNotMatch(head, /^X-Evil/m);
    assert.match(head, /^[\x20-\x7e\r\n]*$/);
  });

  test('for HEAD tells the length of the body it leaves out', () => {
    const text = errorResponse(new MeshError('unbound', 'hello'), { ...form, noBody: true });
    assert.match(text, /Content-Length: 5\r\n\r\n$/);
  });

  test('says that it is the last, or tells nothing but its status', () => {
    assert.match(errorResponse(new MeshError('unbound', ''), { ...form, last: true }), /\r\nConnection: close\r\n/);
    assert.equal(
      errorResponse(new MeshError('unidentified', 'secret'), { ...form, bare: true }),
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n',
    );
  });
});
