import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { get, LIMITS, ok, request, response, whole } from '#test/helpers/parsed-head.ts';
import { RequestHead } from '../../router/request-head.ts';
import { HeadParser, INCOMPLETE } from './parse-head.ts';

/** Field lines that no message may have, whatever it is. */
const badLines: readonly (readonly [what: string, lines: string])[] = [
  ['a blank before the colon', 'X-A : 1\r\n'],
  ['a tab before the colon', 'X-A\t: 1\r\n'],
  ['a blank before the name', ' X-A: 1\r\n'],
  ['no colon', 'X-A\r\n'],
  ['no name', ': 1\r\n'],
  ['a blank in a name', 'X A: 1\r\n'],
  ['a parenthesis in a name', 'X(A): 1\r\n'],
  ['a byte above 127 in a name', 'X-\xe9: 1\r\n'],
  ['NUL in a name', 'X\0A: 1\r\n'],
  ['NUL in a value', 'X-A: a\0b\r\n'],
  ['a control byte in a value', 'X-A: a\x1fb\r\n'],
  ['DEL in a value', 'X-A: a\x7fb\r\n'],
  ['a bare carriage return in a value', 'X-A: a\rb\r\n'],
  ['a bare carriage return before the end of a line', 'X-A: a\r\r\n'],
  ['a bare line feed at the end of a line', 'X-A: a\nX-B: b\r\n'],
  ['a bare line feed for the end', 'X-A: a\r\n\n'],
  ['a bare carriage return for the end', '\rX-A: a\r\n'],
  ['a value folded with a blank', 'X-A: a\r\n b\r\n'],
  ['a value folded with a tab', 'X-A: a\r\n\tb\r\n'],
  ['two Content-Lengths that differ', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
  ['two Content-Lengths that agree', 'Content-Length: 5\r\nContent-Length: 5\r\n'],
  ['a list of Content-Lengths', 'Content-Length: 5, 5\r\n'],
  ['an empty Content-Length', 'Content-Length: \r\n'],
  ['a Content-Length with a sign', 'Content-Length: +5\r\n'],
  ['a negative Content-Length', 'Content-Length: -5\r\n'],
  ['a hexadecimal Content-Length', 'Content-Length: 0x5\r\n'],
  ['a Content-Length of 16 digits', 'Content-Length: 0000000000000005\r\n'],
  ['a Content-Length with a fraction', 'Content-Length: 5.0\r\n'],
  ['Content-Length and chunked', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
  ['chunked and Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'],
  ['chunked and Content-Length 0', 'Transfer-Encoding: chunked\r\nContent-Length: 0\r\n'],
  ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'],
  ['chunked, chunked', 'Transfer-Encoding: chunked, chunked\r\n'],
  ['gzip, chunked', 'Transfer-Encoding: gzip, chunked\r\n'],
  ['gzip', 'Transfer-Encoding: gzip\r\n'],
  ['identity', 'Transfer-Encoding: identity\r\n'],
  ['xchunked', 'Transfer-Encoding: xchunked\r\n'],
  ['chunked with a comma', 'Transfer-Encoding: chunked,\r\n'],
  ['chunked with a parameter', 'Transfer-Encoding: chunked;a=b\r\n'],
  ['an empty Transfer-Encoding', 'Transfer-Encoding:\r\n'],
  ['chunked behind a no-break space', 'Transfer-Encoding: \xa0chunked\r\n'],
];

describe('a head', () => {
  for (const [what, lines] of badLines) {
    test(`with ${what} is bad, whichever line it is`, () => {
      for (const text of [lines, `X-Z: 1\r\n${lines}`]) {
        assert.equal(request(get(`Host: a\r\n${text}`)).kind, 'bad');
        assert.equal(response(ok(text)).kind, 'bad');
      }
    });
  }

  test('with bare line feeds only is bad', () => {
    assert.equal(request('GET / HTTP/1.1\nHost: a\n\n').kind, 'bad');
    assert.equal(response('HTTP/1.1 200 OK\nX-A: 1\n\n').kind, 'bad');
  });
});

describe('Connection', () => {
  for (const [version, lines, close] of [
    ['1.1', '', false],
    ['1.1', 'Connection: close\r\n', true],
    ['1.1', 'Connection: Close\r\n', true],
    ['1.1', 'Connection: keep-alive\r\n', false],
    ['1.1', 'Connection: keep-alive, close\r\n', true],
    ['1.1', 'Connection: keep-alive\r\nConnection: x ,\tCLOSE\r\n', true],
    ['1.1', 'Connection: closed\r\n', false],
    ['1.0', '', true],
    ['1.0', 'Connection: Keep-Alive\r\n', false],
    ['1.0', 'Connection: x, keep-alive\r\n', false],
    ['1.0', 'Connection: x\r\n', true],
    ['1.0', 'Connection: close\r\n', true],
  ] as const)
    test(`HTTP/${version} with ${JSON.stringify(lines)} ${close ? 'ends' : 'keeps'} the connection`, () => {
      assert.equal(whole(request(get(lines, `GET / HTTP/${version}`))).parser.close, close);
      assert.equal(whole(response(ok(lines, `HTTP/${version} 200 OK`))).parser.close, close);
    });

  test('takes the fields it lists away, in requests and responses', () => {
    const lines = 'X-A: 1\r\nConnection: x-a, ,X-B\r\nx-b: 2\r\nX-AB: 3\r\nX-a: 4\r\n';
    assert.equal(whole(request(get(lines))).head.lines, 'X-AB: 3\r\n');
    assert.equal(whole(response(ok(lines))).head.lines, 'X-AB: 3\r\n');
  });

  test('takes Keep-Alive away where it lists it, and only there', () => {
    for (const list of ['keep-alive', 'Keep-Alive', 'x, KEEP-ALIVE']) {
      const lines = `Keep-Alive: timeout=5\r\nConnection: ${list}\r\nA: 1\r\n`;
      assert.equal(whole(request(get(lines))).head.lines, 'A: 1\r\n');
      assert.equal(whole(response(ok(lines))).head.lines, 'A: 1\r\n');
    }
    const lines = 'A: 1\r\nkeep-alive: timeout=5\r\n';
    assert.equal(whole(request(get(lines))).head.lines, 'A: 1\r\nKeep-Alive: timeout=5\r\n');
    assert.equal(whole(response(ok(`Connection: close\r\n${lines}`))).head.lines, 'A: 1\r\nKeep-Alive: timeout=5\r\n');
  });

  test('cannot take away what others rely on', () => {
    const lines = 'Host: a\r\nCache-Control: no-store\r\nl5d-x: 1\r\n';
    const list = 'Connection: host, content-length, transfer-encoding, via, cache-control, l5d-x, l5d-dtab\r\n';
    const parsed = whole(request(get(`${lines}Via: 1.1 a\r\nContent-Length: 5\r\nl5d-dtab: /a=>/b\r\n${list}`)));
    assert.equal(parsed.head.lines, lines);
    assert.deepEqual([parsed.head.via, parsed.head.userDtab, parsed.parser.length], ['1.1 a', '/a=>/b', 5]);
  });

  test('makes an Upgrade one only where it lists it', () => {
    assert.equal(whole(request(get('Upgrade: websocket\r\nConnection: upgrade\r\n'))).parser.upgrade, 'websocket');
    assert.equal(whole(request(get('Upgrade: websocket\r\n'))).parser.upgrade, '');
    assert.equal(whole(request(get('Connection: Upgrade\r\n'))).parser.upgrade, '');
  });
});

describe('limits', () => {
  const line = (bytes: number) => `GET /${'a'.repeat(bytes - 'GET / HTTP/1.1'.length)} HTTP/1.1`;
  const status = (bytes: number) => `HTTP/1.1 200 ${'a'.repeat(bytes - 'HTTP/1.1 200 '.length)}`;
  const lines = (bytes: number) => `A: ${'a'.repeat(95)}\r\nB: ${'b'.repeat(bytes - 105)}\r\n`;

  test('a first line may be as long as its limit, and not a byte longer: 414', () => {
    assert.equal(request(get('', line(100))).kind, 'whole');
    assert.deepEqual(request(get('', line(101))), {
      kind: 'bad',
      status: 414,
      why: 'An HTTP line is larger than 100 bytes.',
    });
    assert.equal(response(ok('', status(100))).kind, 'whole');
    assert.equal(response(ok('', status(101))).kind, 'bad');
  });

  test('header lines may be as long as their limit together, and not a byte longer: 431', () => {
    assert.equal(request(get(lines(200))).kind, 'whole');
    assert.deepEqual(request(get(lines(201))), {
      kind: 'bad',
      status: 431,
      why: 'HTTP header is larger than 200 bytes.',
    });
    assert.equal(response(ok(lines(200))).kind, 'whole');
    assert.equal(response(ok(lines(201))).kind, 'bad');
  });

  for (const [what, start, status414] of [
    ['method', 'M'.repeat(101), 414],
    ['target', `GET /${'a'.repeat(101)}`, 414],
    ['name', `GET / HTTP/1.1\r\n${'N'.repeat(201)}`, 431],
    ['value', `GET / HTTP/1.1\r\nN: ${'v'.repeat(201)}`, 431],
    ['list of lines', `GET / HTTP/1.1\r\n${'N: v\r\n'.repeat(40)}`, 431],
  ] as const)
    test(`an endless ${what} is refused with ${status414} before its end has come`, () => {
      const parsed = request(start);
      assert.deepEqual([parsed.kind, parsed.kind === 'bad' && parsed.status], ['bad', status414]);
    });
});

describe('a head that comes in pieces', () => {
  const requests = [
    get(),
    get('Host: a\r\nX-A: 1\r\nContent-Length: 5\r\nConnection: close\r\n', 'POST /a HTTP/1.0'),
    get('', 'GET http://web:80/a HTTP/1.1'),
  ];
  const responses = [ok('Content-Length: 5\r\nX-A: 1\r\n'), ok('', 'HTTP/1.1 204'), ok('', 'HTTP/1.0 200 ')];

  test('is incomplete at every byte before its last, and what follows is left alone', () => {
    for (const [texts, parse] of [
      [requests, request],
      [responses, response],
    ] as const)
      for (const text of texts) {
        for (let n = 0; n < text.length; n++)
          assert.equal(parse(text.slice(0, n)).kind, 'incomplete', text.slice(0, n));
        for (const rest of ['', 'x', 'GET /next HTTP/1.1\r\n\r\n', '\r\n', '\0'])
          assert.equal(whole<unknown>(parse(text + rest)).end, text.length);
      }
  });

  test('and is bad stays bad, whatever comes', () => {
    for (const [, lines] of badLines) {
      const text = get(`Host: a\r\n${lines}`);
      let bad = false;
      for (let n = 0; n <= text.length; n++) {
        const { kind } = request(text.slice(0, n));
        assert.notEqual(kind, 'whole');
        if (bad) assert.equal(kind, 'bad', text.slice(0, n));
        bad = kind === 'bad';
      }
      assert.ok(bad);
    }
  });

  test('is found where it stands in the bytes', () => {
    const text = get('Host: a\r\n');
    const bytes = Buffer.from(`before${text}after`, 'latin1');
    const [parser, head] = [new HeadParser(), new RequestHead()];
    assert.equal(parser.request(bytes, 6, bytes.length, LIMITS, head), 6 + text.length);
    assert.equal(parser.request(bytes, 6, 6 + text.length - 1, LIMITS, new RequestHead()), INCOMPLETE);
    assert.equal(head.lines, 'Host: a\r\n');
  });
});
