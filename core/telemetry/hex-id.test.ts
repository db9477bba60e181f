import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hexId, readHexId } from './hex-id.ts';

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('what is written is read as it was', () => {
  fc.assert(fc.property(half, half, (hi, lo) => assert.deepEqual(readHexId(hexId(hi, lo)), [hi, lo])));
  assert.equal(hexId(-1, 0xf1), 'ffffffff000000f1');
});

test('short ids are small ones; anything but hex digits is none', () => {
  assert.deepEqual(readHexId('F1'), [0, 0xf1]);
  for (const text of ['', 'x', '-1', '0x1', '11112222333344445']) assert.equal(readHexId(text), undefined, text);
});
