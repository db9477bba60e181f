import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from './hpack-decoder.ts';
import { encodeField, encodeLines, encodeSameLines, encodeVarying, encodeVaryingLines } from './hpack-encoder.ts';
import type { Entry } from './static-table.ts';

const hex = (block: string): string => Buffer.from(block, 'latin1').toString('hex');

function decoded(block: string): string {
  const bytes = Buffer.from(block, 'latin1');
  const fields: Entry[] = [];
  assert.ok(new HpackDecoder().decode(bytes, 0, bytes.length, fields, Number.POSITIVE_INFINITY) >= 0);
  return fields.map(({ line }) => line).join('');
}

test('a pair of the static table is one byte', () => {
  assert.equal(hex(encodeField(':method', 'GET')), '82');
  assert.equal(hex(encodeField('accept-encoding', 'gzip, deflate')), '90');
});

test('a name of the static table is its index; the value follows as it is', () => {
  assert.equal(hex(encodeField(':path', '/x')), `0402${hex('/x')}`);
  assert.equal(hex(encodeField('user-agent', 'u')), `0f2b01${hex('u')}`);
  assert.equal(hex(encodeVarying(':path', '/')), `0401${hex('/')}`);
});

test('lines that come again, or others of the same length, are encoded as ever', () => {
  const blocks = ['X-A: 1\r\naccept: *\r\n', 'X-A: 2\r\naccept: *\r\n', 'X-A: 1\r\nauthoriz: \xe9\r\n', ''];
  for (const i of [0, 0, 0, 1, 0, 1, 1, 2, 2, 3, 3, 0]) {
    const lines = blocks[i] ?? assert.fail();
    assert.equal(hex(encodeSameLines(lines)), hex(encodeVaryingLines(lines)));
  }
});

test('credentials are marked as never to be indexed', () => {
  for (const [name, start] of [
    ['authorization', '1f08'],
    ['cookie', '1f11'],
    ['set-cookie', '1f28'],
    ['proxy-authorization', '1f22'],
  ] as const) {
    assert.equal(hex(encodeField(name, 's')), `${start}01${hex('s')}`);
  }
});

test('nothing is ever put into the dynamic table', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z-]{1,20}$/), fc.string({ maxLength: 40 }), (name, value) => {
      for (const block of [encodeField(name, value), encodeVarying(name, value)])
        assert.notEqual(block.charCodeAt(0) & 0xc0, 0x40);
    }),
  );
});

describe('lines of a header block', () => {
  test('become fields in lower case, in order, without the blanks around values', () => {
    const lines = 'Content-Type:text/plain\r\nX-A:  b c\t \r\nX-Empty:\r\nx-a:d\r\n';
    const expected = 'content-type: text/plain\r\nx-a: b c\r\nx-empty: \r\nx-a: d\r\n';
    assert.equal(decoded(encodeLines(lines)), expected);
    assert.equal(decoded(encodeLines(lines)), expected, 'from memory');
    assert.equal(decoded(encodeVaryingLines(lines)), expected);
  });

  test('leave out what belongs to one HTTP/1 connection, and Host', () => {
    const lines = 'Host: a\r\nX-A: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nhosts: b\r\n';
    assert.equal(decoded(encodeLines(lines)), 'x-a: 1\r\nhosts: b\r\n');
    assert.equal(decoded(encodeVaryingLines(lines)), 'x-a: 1\r\nhosts: b\r\n');
  });

  test('none are no bytes', () => {
    assert.equal(encodeLines(''), '');
    assert.equal(encodeVaryingLines(''), '');
  });

  test('of any kind and any length come back', () => {
    const name = fc.string({ unit: fc.constantFrom(..."abz09!#$%&'*+-.^_`|~AZ"), minLength: 1, maxLength: 30 });
    const value = fc
      .string({ unit: fc.constantFrom(...'aZ09 ,;=\t\x80\xff!~:'), maxLength: 300 })
      .map((v) => v.replace(/^[\t ]+|[\t ]+$/g, ''));
    const line = fc.tuple(name, fc.constantFrom('', ' ', '\t '), value, fc.constantFrom('', ' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (all) => {
        const lines = all.map(([n, before, v, after]) => `x${n}:${before}${v}${after}\r\n`).join('');
        const expected = all.map(([n, , v]) => `x${n.toLowerCase()}: ${v}\r\n`).join('');
        assert.equal(decoded(encodeLines(lines)), expected);
        assert.equal(decoded(encodeVaryingLines(lines)), expected);
      }),
      { numRuns: 500 },
    );
  });

  test('are remembered within bounds', () => {
    const lines = 'x-a: 1\r\n';
    const first = encodeLines(lines);
    for (let i = 0; i < 2000; i++) encodeLines(`x-n: ${i}\r\n`);
    assert.equal(encodeLines(lines), first);
  });
});

test('lengths around every step of the integer form are told right', () => {
  for (const size of [126, 127, 128, 254, 255, 256, 16_510, 16_511, 16_512, 70_000]) {
    const text = 'v'.repeat(size);
    assert.equal(decoded(encodeVarying('x', text)), `x: ${text}\r\n`);
  }
});
