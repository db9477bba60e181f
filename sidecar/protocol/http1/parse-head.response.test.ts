import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS, ok, response, whole } from '#test/helpers/parsed-head.ts';
import { ResponseHead } from '../../router/response-head.ts';
import { HeadParser, UNKNOWN } from './parse-head.ts';

describe('a response', () => {
  for (const [line, status, reason, minor] of [
    ['HTTP/1.1 200 OK', 200, 'OK', 1],
    ['HTTP/1.0 404 Not Found', 404, 'Not Found', 0],
    ['HTTP/1.1 200', 200, '', 1],
    ['HTTP/1.1 200 ', 200, '', 1],
    ['HTTP/1.1 999 \xe9t\xe9  x', 999, '\xe9t\xe9  x', 1],
    ['HTTP/1.1 100 Continue', 100, 'Continue', 1],
  ] as const)
    test(`${line} is taken as it is`, () => {
      const { head } = whole(response(ok('', line)));
      assert.deepEqual([head.status, head.reason, head.minor], [status, reason, minor]);
    });

  for (const line of [
    'HTTP/1.2 200 OK',
    'HTTP/2.0 200 OK',
    'http/1.1 200 OK',
    'ICY 200 OK',
    'HTTP/1.1200 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 200OK',
    'HTTP/1.1 2x0 OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 -20 OK',
    'HTTP/1.1 200 O\0K',
    'HTTP/1.1 200 O\rK',
    'hello there, this is no HTTP',
  ])
    test(`${JSON.stringify(line)} is bad`, () => assert.equal(response(ok('', line)).kind, 'bad'));

  test('that begins with something else is bad before more has come', () => {
    assert.equal(response('HELO').kind, 'bad');
    assert.equal(response('HTT').kind, 'incomplete');
  });

  test('has what the mesh reads taken out, and l5d-retryable and nacks kept', () => {
    const { head } = whole(
      response(
        ok('l5d-success-class: 0.0\r\nl5d-retryable: true\r\nfinagle-http-nack: true\r\nVia: 1.1 a\r\nA: 1\r\n'),
      ),
    );
    assert.deepEqual([head.successClass, head.retryable, head.nack, head.via], ['0.0', true, true, '1.1 a']);
    assert.equal(head.lines, 'l5d-retryable: true\r\nfinagle-http-nack: true\r\nA: 1\r\n');
  });

  test('is retryable only where it says so in so many letters', () => {
    assert.equal(whole(response(ok('l5d-retryable: false\r\n'))).head.retryable, false);
  });

  test('keeps nothing of the response parsed into the same object before', () => {
    const [parser, head] = [new HeadParser(), new ResponseHead()];
    const parse = (text: string) => parser.response(Buffer.from(text), 0, text.length, LIMITS, head);
    parse(
      ok(
        'l5d-success-class: 0.0\r\nl5d-retryable: true\r\nfinagle-http-nack: 1\r\nVia: 1.1 a\r\nContent-Length: 5\r\n',
      ),
    );
    parse(ok());
    assert.deepEqual([head.successClass, head.retryable, head.nack, head.via, head.lines], ['', false, false, '', '']);
    assert.equal(parser.length, UNKNOWN);
  });

  test('in HTTP/1.0 with chunks ends the connection, whatever it says (RFC 9112 §6.1)', () => {
    const lines = 'Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n';
    assert.equal(whole(response(ok(lines, 'HTTP/1.0 200 OK'))).parser.close, true);
  });
});
