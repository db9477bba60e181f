import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { ResponseHead } from '../router/response-head.ts';
import { meshForm } from './mesh-form.ts';

function read(text: string, limit = 1000) {
  const reader = meshForm.reader(limit);
  const bytes = Buffer.from(`<${text}>`, 'latin1');
  assert.equal(reader.take(bytes, 1, bytes.length - 1), true);
  return reader;
}

const request = (options: CallOptions) => read(meshForm.request(call(options).x, 'https')).request();

function response(fields: Partial<ResponseHead>, length = -1, via = '') {
  const head = Object.assign(new ResponseHead(), { status: 200, ...fields });
  return read(meshForm.response(head, via, length, false)).response();
}

describe('a request', () => {
  test('is read as it was written', () => {
    const { head, length } =
      request({ method: 'PUT', uri: '/a?b', lines: 'X-a:  1\r\nETAG: \xe9\r\n', body: 'hello', minor: 0 }) ??
      assert.fail();
    assert.deepEqual([head.method, head.uri, head.minor, head.host, length], ['PUT', '/a?b', 0, 'web', 5]);
    assert.equal(head.lines, 'Host: web\r\nX-a:  1\r\nETAG: \xe9\r\n');
    assert.equal(head.via, '1.1 linkerd');
  });

  test('says whether a body follows, of what length', () => {
    assert.equal(request({})?.length, 0);
    assert.equal(request({ method: 'PUT', streamed: 7 })?.length, 7);
    assert.equal(request({ method: 'PUT', streamed: -1 })?.length, -1);
    assert.equal(read('GET / HTTP/1.1\r\nHost: a\r\n\r\n').request()?.length, -1);
  });

  test('may ask for an Upgrade or a tunnel', () => {
    const { x } = call({});
    x.request.protocol = 'WebSocket';
    assert.equal(read(meshForm.request(x, 'https')).request()?.head.protocol, 'WebSocket');
    const connect = request({ method: 'CONNECT', uri: 'web:443', host: 'web:443', streamed: -1 });
    assert.deepEqual([connect?.head.method, connect?.head.uri, connect?.length], ['CONNECT', 'web:443', -1]);
  });

  for (const [what, text] of [
    ['no request', 'hello\r\n\r\n'],
    ['cut off', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['followed by another', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['of two lengths', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['of a length and chunks', 'PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a tunnel of a length', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 1\r\n\r\n'],
    ['with a control in a value', 'GET / HTTP/1.1\r\nX-A: \x01\r\n\r\n'],
  ] as const) {
    test(`that is ${what} is malformed`, () => assert.equal(read(text).request(), undefined));
  }

  test('larger than it may be is told as such', () => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    assert.deepEqual([read(text, text.length).tooLarge, read(text, text.length - 1).tooLarge], [false, true]);
  });
});

describe('an answer', () => {
  test('is read as it was written', () => {
    const lines = 'X-b: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\n';
    const head = response({ status: 404, reason: 'Look Elsewhere', minor: 0, lines }, 5, '1.1 a, 1.1 b');
    assert.deepEqual(
      [head?.status, head?.reason, head?.minor, head?.lines, head?.length, head?.via],
      [404, 'Look Elsewhere', 0, lines, 5, '1.1 a, 1.1 b'],
    );
    assert.equal(response({})?.length, -2);
  });

  test('may be interim, and may switch protocols', () => {
    assert.equal(response({ status: 103, lines: 'Link: x\r\n' })?.status, 103);
    assert.equal(response({ status: 101 })?.status, 101);
    assert.deepEqual([meshForm.switches(101), meshForm.switches(200)], [true, false]);
  });

  for (const [what, text] of [
    ['no answer', 'hello\r\n\r\n'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['followed by another', 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ] as const) {
    test(`that is ${what} is malformed`, () => assert.equal(read(text).response(), undefined));
  }
});

describe('trailers', () => {
  test('are read as they were written, without what would mislead', () => {
    const text = meshForm.trailers('X-Sum: 1\r\nContent-Length: 5\r\nl5d-x: 1\r\n');
    assert.deepEqual([read(text).requestTrailers(), read(text).responseTrailers()], ['X-Sum: 1\r\n', 'X-Sum: 1\r\n']);
  });

  test('of any other form are malformed', () => {
    for (const text of [
      'X: 1\r\n\r\n',
      '1\r\nx\r\n0\r\n\r\n',
      '0\r\nX 1\r\n\r\n',
      '0\r\nX: 1\r\n',
      '0\r\n\r\n0\r\n\r\n',
    ])
      assert.equal(read(text).requestTrailers(), undefined, text);
  });
});
