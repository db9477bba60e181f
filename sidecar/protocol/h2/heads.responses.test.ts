import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from '#test/helpers/h2-peer.ts';
import { requestTrailersOf, responseOf, responseTrailersOf } from './heads.ts';
import { entry } from './static-table.ts';

const entries = (fields: Fields) => fields.map(([name, value]) => entry(name, value));

describe('a response', () => {
  test('has its status, its length, and its fields as lines', () => {
    const head = responseOf(
      entries([
        [':status', '404'],
        ['content-length', '7'],
        ['x-a', '1'],
        ['via', 'h2 a'],
        ['l5d-success-class', '1.0'],
      ]),
    );
    const { status, length, lines, via, successClass } = head ?? assert.fail();
    assert.deepEqual([status, length, lines, via, successClass], [404, 7, 'x-a: 1\r\n', 'h2 a', '1.0']);
    assert.equal(responseOf(entries([[':status', '200']]))?.length, -2);
  });

  test('keeps repeated fields apart', () => {
    const fields: Fields = [
      [':status', '200'],
      ['set-cookie', 'a=1'],
      ['x-a', '1'],
      ['set-cookie', 'b=2'],
    ];
    assert.equal(responseOf(entries(fields))?.lines, 'set-cookie: a=1\r\nx-a: 1\r\nset-cookie: b=2\r\n');
  });
});

describe('malformed responses:', () => {
  const ok: Fields = [[':status', '200']];
  const malformed: readonly (readonly [what: string, fields: Fields])[] = [
    ['without a status', [['x-a', '1']]],
    ['two statuses', [...ok, ...ok]],
    ['a status of two digits', [[':status', '20']]],
    ['a status below 100', [[':status', '099']]],
    ['a status of four digits', [[':status', '2000']]],
    ['a status in words', [[':status', 'abc']]],
    ['a status behind a field', [['x-a', '1'], ...ok]],
    ['a pseudo-header of requests', [...ok, [':path', '/']]],
    ['a name with a capital', [...ok, ['X-a', '1']]],
    ['a value with a line end', [...ok, ['x-a', 'a\r\nb']]],
    ['two different lengths', [...ok, ['content-length', '1'], ['content-length', '2']]],
    ['a length that is no number', [...ok, ['content-length', 'x']]],
    ['connection', [...ok, ['connection', 'close']]],
    ['keep-alive', [...ok, ['keep-alive', 'timeout=5']]],
    ['proxy-connection', [...ok, ['proxy-connection', 'close']]],
    ['transfer-encoding', [...ok, ['transfer-encoding', 'chunked']]],
    ['upgrade', [...ok, ['upgrade', 'x']]],
  ];
  for (const [what, fields] of malformed) test(what, () => assert.equal(responseOf(entries(fields)), undefined));
});

describe('trailers', () => {
  const both = [requestTrailersOf, responseTrailersOf];

  test('are lines', () => {
    const fields: Fields = [
      ['grpc-status', '0'],
      ['grpc-message', ''],
      ['x-a', '1'],
    ];
    for (const trailersOf of both)
      assert.equal(trailersOf(entries(fields)), 'grpc-status: 0\r\ngrpc-message: \r\nx-a: 1\r\n');
  });

  test('lose what frames or routes a message, or speaks to the mesh', () => {
    const dropped = [
      'content-length',
      'transfer-encoding',
      'connection',
      'trailer',
      'te',
      'via',
      'l5d-success-class',
      'l5d-x',
    ];
    for (const trailersOf of both) {
      for (const name of dropped)
        assert.equal(
          trailersOf(
            entries([
              [name, '1'],
              ['x-a', '1'],
            ]),
          ),
          'x-a: 1\r\n',
          name,
        );
    }
    assert.equal(requestTrailersOf(entries([['host', 'a']])), '');
  });

  test('are malformed with a pseudo-header, a bad name or a bad value', () => {
    for (const trailersOf of both) {
      for (const [name, value] of [
        [':status', '200'],
        ['X-A', '1'],
        ['x-a', 'a\r\nb'],
        ['x-a', ' a'],
      ] as const)
        assert.equal(
          trailersOf(
            entries([
              ['x-b', '1'],
              [name, value],
            ]),
          ),
          undefined,
        );
    }
  });
});
