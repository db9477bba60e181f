import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Fields } from '#test/helpers/h2-peer.ts';
import { requestOf, requestTrailersOf, responseOf } from './heads.ts';
import { entry } from './static-table.ts';

const entries = (fields: Fields) => fields.map(([name, value]) => entry(name, value));

const pseudo: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/a?b'],
  [':authority', 'web:80'],
];
const request = (...more: Fields) => requestOf(entries([...pseudo, ...more]));
/** The pseudo-headers with one of them changed, or taken away. */
const but = (name: string, value?: string): Fields =>
  pseudo.flatMap(([n, v]): Fields => (n !== name ? [[n, v]] : value === undefined ? [] : [[n, value]]));

describe('a request', () => {
  test('has its pseudo-headers taken apart and its fields as lines, Host in front', () => {
    const { head, length, expectsContinue } = request(['x-a', '1'], ['accept', ''], ['x-a', '2']) ?? assert.fail();
    const { method, scheme, uri, host, protocol, minor, lines } = head;
    assert.deepEqual([method, scheme, uri, host, protocol, minor], ['GET', 'http', '/a?b', 'web:80', '', 1]);
    assert.equal(lines, 'Host: web:80\r\nx-a: 1\r\naccept: \r\nx-a: 2\r\n');
    assert.deepEqual([length, expectsContinue], [-1, false]);
  });

  test('may name its host in Host instead, or not at all', () => {
    assert.equal(requestOf(entries([...but(':authority'), ['host', 'web']]))?.head.lines, 'Host: web\r\n');
    assert.equal(request(['host', 'web:80'])?.head.lines, 'Host: web:80\r\n');
    assert.equal(requestOf(entries(but(':authority')))?.head.lines, '');
  });

  test('has the crumbs of a cookie put together where the first one was', () => {
    const crumbs: Fields = [
      ['x-a', '1'],
      ['cookie', 'a=1'],
      ['x-b', '2'],
      ['cookie', 'b=2; c=3'],
      ['x-c', '3'],
      ['cookie', ''],
    ];
    assert.equal(
      request(...crumbs)?.head.lines,
      'Host: web:80\r\nx-a: 1\r\ncookie: a=1; b=2; c=3; \r\nx-b: 2\r\nx-c: 3\r\n',
    );
  });

  test('has what the mesh reads taken out', () => {
    const { head } =
      request(
        ['via', '1.1 a'],
        ['l5d-dtab', '/a=>/b'],
        ['l5d-ctx-trace', 't'],
        ['l5d-ctx-deadline', 'd'],
        ['l5d-reqid', 'r'],
        ['te', 'trailers'],
        ['trailer', 'x'],
        ['expect', 'other'],
      ) ?? assert.fail();
    const { via, userDtab, ctxTrace, ctxDeadline, teTrailers, lines } = head;
    assert.deepEqual([via, userDtab, ctxTrace, ctxDeadline, teTrailers], ['1.1 a', '/a=>/b', 't', 'd', true]);
    assert.equal(lines, 'Host: web:80\r\nexpect: other\r\n');
  });

  test('may announce its length, and wait to be told to go on', () => {
    assert.equal(request(['content-length', '12'], ['content-length', '12'])?.length, 12);
    const waiting = request(['expect', '100-Continue']);
    assert.equal(waiting?.expectsContinue, true);
    assert.equal(waiting?.head.get('expect'), undefined);
  });

  test('may be OPTIONS *, CONNECT, or an extended CONNECT', () => {
    const options = requestOf(
      entries([
        [':method', 'OPTIONS'],
        [':scheme', 'http'],
        [':path', '*'],
        [':authority', 'web'],
      ]),
    );
    assert.equal(options?.head.uri, '*');
    const connect = requestOf(
      entries([
        [':method', 'CONNECT'],
        [':authority', 'web:443'],
      ]),
    );
    assert.deepEqual([connect?.head.uri, connect?.head.host, connect?.head.scheme], ['web:443', 'web:443', '']);
    const extended = requestOf(entries([...but(':method', 'CONNECT'), [':protocol', 'websocket']]));
    assert.deepEqual([extended?.head.uri, extended?.head.protocol], ['/a?b', 'websocket']);
  });
});

describe('malformed requests:', () => {
  const malformed: readonly (readonly [what: string, fields: Fields])[] = [
    ['no fields at all', []],
    ...pseudo
      .filter(([name]) => name !== ':authority')
      .map(([name]): [string, Fields] => [`without ${name}`, but(name)]),
    ...pseudo.map(([name, value]): [string, Fields] => [`${name} twice`, [...pseudo, [name, value]]]),
    ...pseudo
      .filter(([name]) => name !== ':authority')
      .map(([name]): [string, Fields] => [`${name} empty`, but(name, '')]),
    ...pseudo.map(([name, value]): [string, Fields] => [
      `${name} empty, then given`,
      [[name, ''], ...but(name), [name, value]],
    ]),
    ...pseudo.map(([name]): [string, Fields] => [`${name} with a line end`, but(name, '/a\r\nx: y')]),
    ...pseudo.map(([name]): [string, Fields] => [`${name} with a blank`, but(name, '/a b')]),
    ...pseudo.map(([name]): [string, Fields] => [`${name} beyond ASCII`, but(name, '/\xe9')]),
    ['a pseudo-header behind a field', [...but(':path'), ['x-a', '1'], [':path', '/']]],
    ['a pseudo-header of responses', [...pseudo, [':status', '200']]],
    ['an unknown pseudo-header', [...pseudo, [':x', '1']]],
    ['a path that is none', but(':path', 'a')],
    ['a path of *, but for OPTIONS', but(':path', '*')],
    ['a scheme that is none', but(':scheme', '1http')],
    ['CONNECT with a scheme and a path', but(':method', 'CONNECT')],
    ['CONNECT without an authority', [[':method', 'CONNECT']]],
    [':protocol without CONNECT', [...pseudo, [':protocol', 'websocket']]],
    [':protocol empty', [...but(':method', 'CONNECT'), [':protocol', '']]],
    [':protocol with a line end', [...but(':method', 'CONNECT'), [':protocol', 'a\r\nx: y']]],
    ['Host that is not the authority', [...pseudo, ['host', 'other']]],
    ['two different Hosts', [...but(':authority'), ['host', 'a'], ['host', 'b']]],
    ['a name with a capital', [...pseudo, ['X-a', '1']]],
    ['a name with a colon', [...pseudo, ['x:a', '1']]],
    ['a name with a blank', [...pseudo, ['x a', '1']]],
    ['a name with a line end', [...pseudo, ['x\r\na', '1']]],
    ['an empty name', [...pseudo, ['', '1']]],
    ['a name beyond ASCII', [...pseudo, ['x\xe9', '1']]],
    ['a value with CR', [...pseudo, ['x-a', 'a\rb']]],
    ['a value with LF', [...pseudo, ['x-a', 'a\nb']]],
    ['a value with NUL', [...pseudo, ['x-a', 'a\0b']]],
    ['a value with DEL', [...pseudo, ['x-a', 'a\x7fb']]],
    ['a value with a blank in front', [...pseudo, ['x-a', ' a']]],
    ['a value with a tab behind', [...pseudo, ['x-a', 'a\t']]],
    ['a cookie with a line end', [...pseudo, ['cookie', 'a\r\nb']]],
    ['a length that is no number', [...pseudo, ['content-length', '1x']]],
    ['a negative length', [...pseudo, ['content-length', '-1']]],
    ['an endless length', [...pseudo, ['content-length', '1234567890123456']]],
    ['a length in a list', [...pseudo, ['content-length', '1, 1']]],
    ['two different lengths', [...pseudo, ['content-length', '1'], ['content-length', '2']]],
    ['connection', [...pseudo, ['connection', 'close']]],
    ['keep-alive', [...pseudo, ['keep-alive', 'timeout=5']]],
    ['proxy-connection', [...pseudo, ['proxy-connection', 'keep-alive']]],
    ['transfer-encoding', [...pseudo, ['transfer-encoding', 'chunked']]],
    ['upgrade', [...pseudo, ['upgrade', 'websocket']]],
    ['te other than trailers', [...pseudo, ['te', 'gzip']]],
  ];
  for (const [what, fields] of malformed) test(what, () => assert.equal(requestOf(entries(fields)), undefined));
});

test('whatever is taken for well-formed can be written as an HTTP/1 head without breaking a line', () => {
  const name = fc.oneof(
    fc.constantFrom(
      ':method',
      ':path',
      ':scheme',
      ':authority',
      ':protocol',
      ':status',
      'host',
      'cookie',
      'expect',
      'te',
    ),
    fc.string({ unit: fc.constantFrom('x', 'A', ':', ' ', '\r', '\n', '\0'), maxLength: 4 }),
  );
  const value = fc.oneof(
    fc.constantFrom('GET', 'CONNECT', '/', 'http', 'a', '200', 'trailers'),
    fc.string({ unit: fc.constantFrom('x', '/', ' ', '\t', '\r', '\n', '\0', '\x7f', '\xff'), maxLength: 6 }),
  );
  const field = fc.tuple(name, value);
  const broken = /[\0-\x08\x0a-\x1f\x7f]/;
  fc.assert(
    fc.property(fc.array(field, { maxLength: 3 }), fc.array(field, { maxLength: 4 }), (front, back) => {
      for (const fields of [
        [...front, ...back],
        [...front, ...pseudo, ...back],
        [[':status', '200'], ...back],
      ] as const) {
        const head = requestOf(entries(fields as Fields))?.head ?? responseOf(entries(fields as Fields));
        const trailers = requestTrailersOf(entries(fields as Fields)) ?? '';
        if (head === undefined) continue;
        for (const line of (head.lines + trailers).split('\r\n').slice(0, -1)) {
          assert.match(line, /^[^:\s]+: /);
          assert.doesNotMatch(line, broken);
        }
        if ('uri' in head)
          assert.doesNotMatch(`${head.method}${head.uri}${head.scheme}${head.protocol}${head.host}`, broken);
      }
    }),
    { numRuns: 3000 },
  );
});
