import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { children, element, sequence } from './der.ts';

const primitive = fc
  .tuple(fc.integer({ min: 1, max: 0x1e }), fc.uint8Array({ maxLength: 300 }))
  .map(([tag, content]) => element(tag, content));

test('the children of a sequence are what it was made of', () => {
  fc.assert(
    fc.property(fc.array(primitive, { maxLength: 6 }), (parts) => {
      assert.deepEqual(children(sequence(...parts)), parts);
    }),
  );
});

test('lengths have the fewest bytes that hold them', () => {
  const head = (length: number): string => element(4, Buffer.alloc(length)).subarray(0, -length).toString('hex');
  assert.deepEqual([0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000].map(head), [
    '047f',
    '048180',
    '0481ff',
    '04820100',
    '0482ffff',
    '0483010000',
  ]);
});

test('what does not fit is refused, and nothing is read beyond the end', () => {
  for (const hex of ['', '30', '3005', '300504', '30020405', '30800000', '3085000000000000', '308200', '3003040200']) {
    assert.throws(() => children(Buffer.from(hex, 'hex')), /^Error: DER/, hex);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        const found = children(bytes);
        assert.ok(found.every((child) => child.length >= 2 && child.length <= bytes.length));
      } catch (error) {
        assert.match(String(error), /^Error: DER/);
      }
    }),
  );
});
