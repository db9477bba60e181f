import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ChunkScanner } from './chunked.ts';

/** What a scanner makes of a body that comes in pieces: the data, the trailers and what follows, or that it is bad. */
type Reading = 'bad' | 'unfinished' | { readonly data: string; readonly trailers: string; readonly rest: string };

function scan(pieces: readonly Buffer[], scanner = new ChunkScanner()): Reading {
  let data = '';
  for (const [i, piece] of pieces.entries()) {
    for (let at = 0; at < piece.length; ) {
      const n = scanner.next(piece, at, piece.length);
      if (n < 0) return 'bad';
      data += piece.toString('latin1', scanner.at, scanner.at + n);
      at = scanner.at + n;
      if (!scanner.done) continue;
      const rest = Buffer.concat([piece.subarray(at), ...pieces.slice(i + 1)]).toString('latin1');
      return { data, trailers: scanner.trailers, rest };
    }
  }
  return 'unfinished';
}

/** The same by another road: the whole text against a grammar, chunk by chunk. */
function decode(text: string): Reading {
  let data = '';
  let rest = text;
  for (;;) {
    const head = /^([0-9a-fA-F]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?\r\n/.exec(rest);
    if (head === null) return 'bad';
    rest = rest.slice(head[0].length);
    const size = Number.parseInt(head[1] ?? '', 16);
    if (size === 0) break;
    if (rest.slice(size, size + 2) !== '\r\n') return 'bad';
    data += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  const trailers = /^(?:[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n)*/.exec(rest)?.[0] ?? '';
  rest = rest.slice(trailers.length);
  return rest.startsWith('\r\n') ? { data, trailers, rest: rest.slice(2) } : 'bad';
}

/** Bytes cut at the given places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [0, ...places.map((p) => p % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const whole = (text: string) => scan([Buffer.from(text, 'latin1')]);
const bytewise = (text: string) => scan([...Buffer.from(text, 'latin1')].map((b) => Buffer.from([b])));

describe('a chunked body', () => {
  for (const [what, text, data, trailers] of [
    ['of one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello', ''],
    ['of several', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n', 'hello', ''],
    ['of no bytes', '0\r\n\r\n', '', ''],
    ['with zeros before sizes', '0005\r\nhello\r\n000\r\n\r\n', 'hello', ''],
    ['with sizes in either case', 'a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '0123456789'.repeat(2), ''],
    ['with a size of 13 digits', '0000000000005\r\nhello\r\n0\r\n\r\n', 'hello', ''],
    ['with extensions', '5;a=b;c="d;e"\r\nhello\r\n0;x\r\n\r\n', 'hello', ''],
    ['with blanks before an extension', '5 \t;a\r\nhello\r\n0\r\n\r\n', 'hello', ''],
    ['with trailers', '5\r\nhello\r\n0\r\nX-A: 1\r\nX-B:\t\xff \r\n\r\n', 'hello', 'X-A: 1\r\nX-B:\t\xff \r\n'],
    ['whose data looks like framing', '7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n', '0\r\n\r\n0\r', ''],
  ] as const) {
    test(`${what} is taken apart, whole or byte by byte`, () => {
      const expected = { data, trailers, rest: 'GET /next' };
      assert.deepEqual(whole(`${text}GET /next`), expected);
      assert.deepEqual(bytewise(`${text}GET /next`), expected);
    });
  }

  for (const [what, text] of [
    ['no size', '\r\nhello\r\n'],
    ['a size that is no number', 'x\r\n'],
    ['a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a blank before the size', ' 5\r\nhello\r\n0\r\n\r\n'],
    ['a blank behind the size', '5 \r\nhello\r\n0\r\n\r\n'],
    ['blanks within the size', '1 0\r\nhello\r\n0\r\n\r\n'],
    ['a size of 14 digits', '00000000000005\r\nhello\r\n0\r\n\r\n'],
    ['a bare line feed behind the size', '5\nhello\r\n0\r\n\r\n'],
    ['a bare carriage return behind the size', '5\rhello\r\n0\r\n\r\n'],
    ['a bare line feed behind the data', '5\r\nhello\n0\r\n\r\n'],
    ['a bare carriage return behind the data', '5\r\nhello\r0\r\n\r\n'],
    ['data beyond its size', '4\r\nhello\r\n0\r\n\r\n'],
    ['a control byte in an extension', '5;a\x01\r\nhello\r\n0\r\n\r\n'],
    ['a bare line feed in an extension', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
    ['a bare carriage return in an extension', '5;a\rb\r\nhello\r\n0\r\n\r\n'],
    ['a trailer without a colon', '0\r\nX-A\r\n\r\n'],
    ['a trailer without a name', '0\r\n: 1\r\n\r\n'],
    ['a blank before the colon of a trailer', '0\r\nX-A : 1\r\n\r\n'],
    ['a folded trailer', '0\r\nX-A: 1\r\n 2\r\n\r\n'],
    ['a bare line feed behind a trailer', '0\r\nX-A: 1\n\r\n'],
    ['NUL in a trailer', '0\r\nX-A: \0\r\n\r\n'],
    ['a bare line feed at the end', '0\r\n\n'],
    ['a bare carriage return at the end', '0\r\n\r0\r\n'],
  ] as const) {
    test(`with ${what} is bad, whole or byte by byte`, () => {
      assert.equal(whole(text), 'bad');
      assert.equal(bytewise(text), 'bad');
    });
  }

  test('is never done before its last byte', () => {
    const text = '5;a\r\nhello\r\n0\r\nX-A: 1\r\n\r\n';
    for (let n = 0; n < text.length; n++) assert.equal(whole(text.slice(0, n)), 'unfinished', text.slice(0, n));
  });

  test('may have extensions at every chunk, each of up to 1024 bytes', () => {
    const chunk = `1;${'e'.repeat(1000)}\r\nx\r\n`;
    const read = whole(`${chunk.repeat(10)}0\r\n\r\n`);
    assert.deepEqual(read, { data: 'x'.repeat(10), trailers: '', rest: '' });
    assert.notEqual(whole(`1;${'e'.repeat(1023)}\r\nx\r\n0\r\n\r\n`), 'bad');
    assert.equal(whole(`1;${'e'.repeat(1025)}`), 'bad');
  });

  test('may have 8 KB of trailers', () => {
    const trailers = `X: ${'a'.repeat(8192 - 5)}\r\n`;
    assert.deepEqual(whole(`0\r\n${trailers}\r\n`), { data: '', trailers, rest: '' });
    assert.equal(whole(`0\r\nX${trailers}\r\n`), 'bad');
  });
});

test('a scanner that was reset knows nothing of the body before', () => {
  const scanner = new ChunkScanner();
  for (const start of ['5;abc\r\nhel', '000000000000', `1;${'e'.repeat(1020)}`, '0\r\nX: 1']) {
    assert.equal(scan([Buffer.from(start)], scanner), 'unfinished');
    scanner.reset();
  }
  const body = Buffer.from('2;extension\r\nhi\r\n0\r\nX: 1\r\n\r\n');
  assert.deepEqual(scan([body], scanner), { data: 'hi', trailers: 'X: 1\r\n', rest: '' });
  scanner.reset();
  assert.deepEqual(scan([body], scanner), { data: 'hi', trailers: 'X: 1\r\n', rest: '' });
});

const data = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const chunk = fc
  .tuple(data, fc.constantFrom('', '0', '00'), fc.constantFrom('', ';a', ' ;a=b', ';c="\xff"'), fc.boolean())
  .map(([bytes, zeros, extension, upper]) => {
    const size = bytes.length.toString(16);
    return `${zeros}${upper ? size.toUpperCase() : size}${extension}\r\n${bytes}\r\n`;
  });
const body = fc
  .tuple(fc.array(chunk, { maxLength: 5 }), fc.constantFrom('', 'X-A: 1\r\n', 'A:\r\nB: \xe9\r\n'))
  .map(([chunks, trailers]) => `${chunks.join('')}0\r\n${trailers}\r\nrest`);
const places = fc.array(fc.nat({ max: 500 }), { maxLength: 12 });

test('any body reads as the grammar reads it, wherever it is cut', () => {
  fc.assert(
    fc.property(body, places, (text, at) => {
      const read = scan(cut(Buffer.from(text, 'latin1'), at));
      assert.deepEqual(read, decode(text));
      assert.notEqual(read, 'bad');
    }),
  );
});

test('any damage to a body is found where the grammar finds it, wherever it is cut', () => {
  const damage = fc.record({
    at: fc.nat({ max: 500 }),
    remove: fc.nat({ max: 3 }),
    insert: fc.constantFrom('', '\r', '\n', ' ', '0', 'g', ';', '\0', '\x7f', ':', 'a'),
  });
  fc.assert(
    fc.property(body, fc.array(damage, { minLength: 1, maxLength: 3 }), places, (text, all, at) => {
      let damaged = text;
      for (const d of all) {
        const i = d.at % damaged.length;
        damaged = damaged.slice(0, i) + d.insert + damaged.slice(i + d.remove);
      }
      const read = scan(cut(Buffer.from(damaged, 'latin1'), at));
      // A body may be cut off before what is bad in it; the grammar sees the missing end as bad.
      if (read !== 'unfinished') assert.deepEqual(read, decode(damaged));
      else assert.equal(decode(damaged), 'bad');
    }),
    { numRuns: 1000 },
  );
});
