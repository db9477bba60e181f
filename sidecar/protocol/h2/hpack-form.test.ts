import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { ResponseHead } from '../../router/response-head.ts';
import { hpackForm } from './hpack-form.ts';

function read(text: string, limit = 1000) {
  const reader = hpackForm.reader(limit);
  const bytes = Buffer.from(`<${text}>`, 'latin1');
  assert.equal(reader.take(bytes, 1, bytes.length - 1), true);
  return reader;
}

const ok = (fields: Partial<ResponseHead> = {}): ResponseHead =>
  Object.assign(new ResponseHead(), { status: 200, lines: 'X-B: 1\r\n', ...fields });

test('a request is read as it was written, but for the case of its names', () => {
  const { x } = call({ method: 'PUT', uri: '/a', lines: 'X-A: 1\r\n', body: 'hello' });
  const got = read(hpackForm.request(x, 'https')).request() ?? assert.fail();
  assert.deepEqual([got.head.method, got.head.uri, got.head.scheme, got.length], ['PUT', '/a', 'https', 5]);
  assert.equal(got.head.lines, 'Host: web\r\nx-a: 1\r\n');
});

test('an answer is read as it was written; one that switches protocols is a 200', () => {
  const got = read(hpackForm.response(ok(), 'h2 a', 5, false)).response() ?? assert.fail();
  assert.deepEqual([got.status, got.via, got.length, got.lines], [200, 'h2 a', 5, 'x-b: 1\r\n']);
  assert.equal(read(hpackForm.response(ok({ status: 101 }), '', -1, true)).response()?.status, 200);
  assert.equal(hpackForm.switches(200), true);
});

test('there is no 101', () => {
  assert.equal(read(hpackForm.response(ok({ status: 101 }), '', -1, false)).response(), undefined);
});

test('trailers are read as they were written, without what would mislead', () => {
  const reader = read(hpackForm.trailers('X-Sum: 1\r\nContent-Length: 5\r\n'));
  assert.deepEqual([reader.requestTrailers(), reader.responseTrailers()], ['x-sum: 1\r\n', 'x-sum: 1\r\n']);
});

test('a list that is too large is told as such, and a block that cannot be read', () => {
  assert.deepEqual([read('\x88', 41).tooLarge, read('\x88', 42).tooLarge], [true, false]);
  assert.equal(hpackForm.reader(1000).take(Buffer.from([0xff]), 0, 1), false);
});
