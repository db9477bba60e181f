import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BodyScanner } from './body-scanner.ts';
import { CHUNKED, UNKNOWN } from './parse-head.ts';

/** Feeds `text` in pieces of the given sizes; gives the body bytes found, and where the body ended in the text. */
function scan(body: BodyScanner, text: string, sizes: readonly number[]): { found: string; end: number } {
  const bytes = Buffer.from(text, 'latin1');
  let found = '';
  let from = 0;
  for (let i = 0; from < bytes.length && !body.done; i++) {
    const to = Math.min(bytes.length, from + (sizes[i % sizes.length] ?? 1));
    while (from < to && !body.done) {
      const n = body.next(bytes, from, to);
      assert.ok(n >= 0);
      found += bytes.latin1Slice(body.at, body.at + n);
      from = body.at + n;
    }
  }
  return { found, end: from };
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

test('however the bytes come, a counted body ends after its count, and a gathered one is whole then', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), sizes, (length, pieces) => {
      const text = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP';
      const body = new BodyScanner();
      body.start(length);
      assert.deepEqual(scan(body, text, pieces), { found: text.slice(0, length), end: length });
      assert.ok(body.done);
      body.gather(length);
      assert.deepEqual(scan(body, text, pieces), { found: '', end: length });
      assert.equal(body.whole?.toString('latin1'), text.slice(0, length));
    }),
  );
});

test('chunks are taken apart, and what follows the last one is left', () => {
  const text = '3\r\nabc\r\n2\r\nde\r\n0\r\nx-end: 1\r\n\r\n';
  fc.assert(
    fc.property(sizes, (pieces) => {
      const body = new BodyScanner();
      body.start(CHUNKED);
      assert.deepEqual(scan(body, `${text}GET /`, pieces), { found: 'abcde', end: text.length });
      assert.equal(body.trailers, 'x-end: 1\r\n');
      body.start(2);
      assert.equal(body.trailers, '', 'trailers do not outlive their body');
    }),
  );
  const body = new BodyScanner();
  body.start(CHUNKED);
  assert.equal(body.next(Buffer.from('zz\r\n'), 0, 4), -1);
});

test('a body of unknown length is never done', () => {
  const body = new BodyScanner();
  body.start(UNKNOWN);
  assert.deepEqual(scan(body, 'abc', [2]), { found: 'abc', end: 3 });
  assert.deepEqual([body.done, body.untilClose], [false, true]);
  body.start(5);
  assert.equal(body.untilClose, false);
});

test('however the bytes come, a body of unknown length is collected, and is whole when it ends', () => {
  fc.assert(
    fc.property(sizes, (pieces) => {
      const body = new BodyScanner();
      body.collect(CHUNKED, 5);
      const text = '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
      assert.deepEqual(scan(body, `${text}GET /`, pieces), { found: '', end: text.length });
      assert.equal(String(body.whole), 'abcde');
      body.collect(UNKNOWN, 5);
      assert.deepEqual(scan(body, 'abcde', pieces), { found: '', end: 5 });
      assert.equal(body.done, false);
      body.end();
      assert.equal(String(body.whole), 'abcde');
    }),
  );
});

test('a body that grows over what may be collected is bad', () => {
  const body = new BodyScanner();
  body.collect(UNKNOWN, 5);
  assert.equal(body.next(Buffer.from('abcdef'), 0, 6), -1);
  assert.equal(body.tooLarge, true);
  body.start(UNKNOWN);
  assert.equal(body.tooLarge, false);
});
