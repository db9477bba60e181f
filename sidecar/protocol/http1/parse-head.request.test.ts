import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { get, request, whole } from '#test/helpers/parsed-head.ts';
import { CHUNKED, UNKNOWN } from './parse-head.ts';

describe('the line of a request', () => {
  for (const [line, method, uri, minor] of [
    ['GET / HTTP/1.1', 'GET', '/', 1],
    ['POST /a?b=c#d HTTP/1.0', 'POST', '/a?b=c#d', 0],
    ['M-X!#$%&\'*+.^_`|~9 /"<>[\\]^`{|} HTTP/1.1', "M-X!#$%&'*+.^_`|~9", '/"<>[\\]^`{|}', 1],
    ['get /x HTTP/1.1', 'get', '/x', 1],
    ['OPTIONS * HTTP/1.1', 'OPTIONS', '*', 1],
    ['CONNECT web:443 HTTP/1.1', 'CONNECT', 'web:443', 1],
    ['GET foo HTTP/1.1', 'GET', 'foo', 1],
    ['GET ftp://a/b HTTP/1.1', 'GET', 'ftp://a/b', 1],
  ] as const) {
    test(`${line} is taken as it is`, () => {
      const { head } = whole(request(get('', line)));
      assert.deepEqual([head.method, head.uri, head.minor], [method, uri, minor]);
    });
  }

  for (const [what, line] of [
    ['no method', ' / HTTP/1.1'],
    ['a bad byte in the method', 'GE(T / HTTP/1.1'],
    ['a byte above 127 in the method', 'G\xe9T / HTTP/1.1'],
    ['no target', 'GET HTTP/1.1'],
    ['an empty target', 'GET  HTTP/1.1'],
    ['two blanks before the target', 'GET  / HTTP/1.1'],
    ['two blanks before the version', 'GET /  HTTP/1.1'],
    ['a blank behind the version', 'GET / HTTP/1.1 '],
    ['a tab for a blank', 'GET\t/ HTTP/1.1'],
    ['a blank in the target', 'GET /a b HTTP/1.1'],
    ['a control byte in the target', 'GET /\x01 HTTP/1.1'],
    ['DEL in the target', 'GET /\x7f HTTP/1.1'],
    ['a byte above 127 in the target', 'GET /\xe9 HTTP/1.1'],
    ['no version', 'GET /'],
    ['HTTP/1.2', 'GET / HTTP/1.2'],
    ['HTTP/0.9', 'GET / HTTP/0.9'],
    ['no version at all', 'GET /'],
    ['HTTP/2.0', 'GET / HTTP/2.0'],
    ['HTTP/1.10', 'GET / HTTP/1.10'],
    ['HTTP/1,1', 'GET / HTTP/1,1'],
    ['http/1.1', 'GET / http/1.1'],
    ['HTTPS/1.1', 'GET / HTTPS/1.1'],
    ['a scheme without authority', 'GET http:///a HTTP/1.1'],
    ['a scheme alone', 'GET http: HTTP/1.1'],
    ['a bad byte in the authority', 'GET http://a"b/ HTTP/1.1'],
    ['an authority of a user alone', 'GET http://user@/a HTTP/1.1'],
  ] as const) {
    test(`with ${what} is refused with 400`, () => {
      const parsed = request(get('Host: a\r\n', line));
      assert.deepEqual([parsed.kind, parsed.kind === 'bad' && parsed.status], ['bad', 400], JSON.stringify(parsed));
    });
  }
});

describe('an absolute target', () => {
  for (const [method, target, host, uri] of [
    ['GET', 'http://web/a?b', 'web', '/a?b'],
    ['GET', 'HTTPS://web:8443/', 'web:8443', '/'],
    ['GET', 'http://web', 'web', '/'],
    ['GET', 'http://web?a', 'web', '/?a'],
    ['GET', 'http://user:pw@web/a', 'web', '/a'],
    ['GET', 'http://[::1]:80/a', '[::1]:80', '/a'],
    ['GET', 'http://web/http://other/', 'web', '/http://other/'],
    ['OPTIONS', 'http://web', 'web', '*'],
    ['OPTIONS', 'http://web/', 'web', '/'],
  ] as const) {
    test(`${method} ${target} asks ${host} for ${uri}, whatever Host says`, () => {
      for (const lines of ['', 'Host: other\r\n', 'X-A: 1\r\nhost: other\r\n']) {
        const { head } = whole(request(get(lines, `${method} ${target} HTTP/1.1`)));
        assert.deepEqual([head.host, head.uri], [host, uri]);
        assert.equal(head.get('host'), host);
        assert.deepEqual(head.lines.match(/^host:.*$/gim), [`Host: ${host}`]);
      }
    });
  }
});

describe('a request', () => {
  for (const [what, text] of [
    ['two Hosts', get('Host: a\r\nHost: a\r\n')],
    ['chunked in HTTP/1.0', get('Transfer-Encoding: chunked\r\n', 'POST / HTTP/1.0')],
  ] as const)
    test(`with ${what} is refused with 400`, () => {
      const parsed = request(text);
      assert.deepEqual([parsed.kind, parsed.kind === 'bad' && parsed.status], ['bad', 400]);
    });

  for (const [what, lines, length] of [
    ['neither', 'Host: a\r\n', UNKNOWN],
    ['Content-Length', 'content-LENGTH:\t0012 \r\n', 12],
    ['the largest Content-Length', 'Content-Length: 999999999999999\r\n', 999_999_999_999_999],
    ['Content-Length 0', 'Content-Length:0\r\n', 0],
    ['chunked', 'transfer-encoding: \tCHUNKED\t\r\n', CHUNKED],
  ] as const)
    test(`with ${what} has the length ${length}, and no line of it is kept`, () => {
      const { head, parser } = whole(request(get(`A: 1\r\n${lines}B: 2\r\n`)));
      assert.equal(parser.length, length);
      assert.equal(head.lines, `A: 1\r\n${lines.startsWith('Host') ? lines : ''}B: 2\r\n`);
    });

  test('keeps every other line byte for byte, in order', () => {
    const lines = "b:\t 1 \t\r\nHost:  web \r\nA: \xff\x80\r\nb:2\r\nX!#$%&'*+-.^_`|~:\r\n";
    const { head } = whole(request(get(lines)));
    assert.equal(head.lines, lines);
    assert.equal(head.host, 'web');
  });

  test('routes by exactly the Host that goes on: nothing but blanks is cut from it', () => {
    assert.equal(whole(request(get('Host:\t web:80 \t\r\n'))).head.host, 'web:80');
    for (const bad of ['a\xa0', '\xa0a', 'a\x85', 'a/b', 'a@b', 'a b'])
      assert.deepEqual(request(get(`Host: ${bad}\r\n`)).kind, 'bad');
  });

  test('does not keep an empty Host among its lines', () => {
    const { head } = whole(request(get('A: 1\r\nHost: \t\r\nB: 2\r\n')));
    assert.deepEqual([head.host, head.lines], ['', 'A: 1\r\nB: 2\r\n']);
  });

  test('of CONNECT has no body', () => {
    for (const lines of ['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'])
      assert.equal(request(get(lines, 'CONNECT web:443 HTTP/1.1')).kind, 'bad');
    assert.equal(whole(request(get('Host: other\r\n', 'CONNECT web:443 HTTP/1.1'))).head.host, 'web:443');
  });

  for (const [line, member, value] of [
    ['Via: 1.1 a', 'via', '1.1 a'],
    ['Via: 1.1 a\r\nX: 1\r\nvia: 1.0 b', 'via', '1.1 a, 1.0 b'],
    ['l5d-ctx-trace: one\r\nl5d-ctx-trace: two', 'ctxTrace', 'one'],
    ['l5d-ctx-deadline: 1 2\r\nl5d-ctx-deadline: 3 4', 'ctxDeadline', '1 2\r3 4'],
    ['l5d-ctx-dtab: /a=>/b\r\nl5d-ctx-dtab: /c=>/d', 'ctxDtab', '/a=>/b\r/c=>/d'],
    ['L5D-Dtab: /a=>/b\r\nl5d-dtab: /c=>/d', 'userDtab', '/a=>/b\r/c=>/d'],
    ['l5d-sample: 0.1\r\nl5d-sample: 0.2', 'sample', '0.2'],
    ['l5d-dst-residual: /rest', 'residual', '/rest'],
    ['l5d-dst-service: /svc/a', 'dstService', '/svc/a'],
    ['l5d-dst-client: /#/a', 'dstClient', '/#/a'],
  ] as const)
    test(`${JSON.stringify(line)} is taken out as ${member}`, () => {
      const { head } = whole(request(get(`A: 1\r\n${line}\r\nB: 2\r\n`)));
      assert.equal(head[member], value);
      assert.equal(head.lines.replace('X: 1\r\n', ''), 'A: 1\r\nB: 2\r\n');
    });

  for (const name of [
    'TE',
    'Trailer',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'l5d-reqid',
    'x-forwarded-client-cert',
    'finagle-http-retryable-request',
    'Upgrade',
    'Connection',
  ])
    test(`${name} ends here`, () => {
      assert.equal(whole(request(get(`A: 1\r\n${name}: x\r\nB: 2\r\n`))).head.lines, 'A: 1\r\nB: 2\r\n');
    });

  test('that expects 100-continue says so, and other expectations go on', () => {
    const asked = whole(request(get('Expect: 100-Continue\r\n')));
    assert.deepEqual([asked.parser.expectsContinue, asked.head.lines], [true, '']);
    const other = whole(request(get('Expect: magic\r\n')));
    assert.deepEqual([other.parser.expectsContinue, other.head.lines], [false, 'Expect: magic\r\n']);
  });
});
