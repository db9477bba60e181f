import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findLine, RequestHead, withoutLine } from './request-head.ts';

const lines = 'Host: web\r\nX-A:  one \r\nx-b:\r\nX-A: two\r\nX-AB: three\r\n';

describe('a line among lines', () => {
  for (const [name, value] of [
    ['x-a', 'one'],
    ['x-b', ''],
    ['x-ab', 'three'],
    ['x', undefined],
    ['one', undefined],
  ] as const) {
    test(`${name} is ${JSON.stringify(value)}: the first of its name, in any case, without blanks around`, () => {
      assert.equal(findLine(lines, name), value);
    });
  }

  test('is not found in no lines', () => assert.equal(findLine('', 'x-a'), undefined));

  test('a value may hold colons', () => assert.equal(findLine('A: b:c\r\n', 'a'), 'b:c'));

  test('all lines of a name go, the others keep their order', () => {
    assert.equal(withoutLine(lines, 'x-a'), 'Host: web\r\nx-b:\r\nX-AB: three\r\n');
    assert.equal(withoutLine(lines, 'x-c'), lines);
    assert.equal(withoutLine('', 'x-c'), '');
  });
});

describe('the head of a request', () => {
  test('gives headers by name, Host among them', () => {
    const head = new RequestHead();
    head.lines = lines;
    head.host = 'web';
    assert.equal(head.get('host'), 'web');
    assert.equal(head.get('x-b'), '');
    assert.equal(head.get('x-none'), undefined);
  });

  test('an empty Host counts as none', () => {
    const head = new RequestHead();
    head.lines = 'Host: \r\n';
    assert.equal(head.get('host'), undefined);
  });

  test('gives the fields the mesh has taken out', () => {
    const head = new RequestHead();
    head.via = '1.1 a';
    head.residual = '/rest';
    head.dstService = '/svc/a';
    head.dstClient = '/#/a';
    assert.deepEqual(
      ['via', 'l5d-dst-residual', 'l5d-dst-service', 'l5d-dst-client'].map((name) => head.get(name)),
      ['1.1 a', '/rest', '/svc/a', '/#/a'],
    );
    assert.equal(new RequestHead().get('via'), undefined);
  });

  test('takes another Host in place of every Host line', () => {
    const head = new RequestHead();
    head.host = 'web';
    head.lines = lines;
    head.replaceHost('other:80');
    assert.equal(head.host, 'other:80');
    assert.equal(head.lines, `Host: other:80\r\n${lines.slice('Host: web\r\n'.length)}`);
  });
});
