import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEX, TARGET, TOKEN, VALUE } from './bytes.ts';

const all = Array.from({ length: 256 }, (_, b) => b);
const text = (bytes: readonly number[]) => Buffer.from(bytes).toString('latin1');

test('a token holds what RFC 9110 §5.6.2 lists, and reads in lower case', () => {
  const allowed = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
  assert.equal(text(all.filter((b) => TOKEN[b] !== 0)), allowed);
  assert.equal(text([...allowed].map((c) => TOKEN[c.charCodeAt(0)] ?? 0)), allowed.toLowerCase());
});

test('a value holds tabs, blanks and everything printable, also above 127 (RFC 9110 §5.5)', () => {
  const refused = all.filter((b) => VALUE[b] !== 1);
  assert.deepEqual(refused, [...all.slice(0, 9), ...all.slice(10, 32), 127]);
});

test('a target holds what is printable in ASCII, no blanks', () => {
  assert.deepEqual(
    all.filter((b) => TARGET[b] === 1),
    all.slice(33, 127),
  );
});

test('a hexadecimal digit has its value, everything else 255', () => {
  for (const b of all) {
    const c = String.fromCharCode(b);
    assert.equal(HEX[b], /[0-9a-f]/i.test(c) ? Number.parseInt(c, 16) : 255);
  }
});
