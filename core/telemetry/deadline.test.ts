import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  combineDeadlines,
  deadlineAfter,
  readDeadline,
  readDeadlines,
  remainingMs,
  writeDeadline,
} from './deadline.ts';

const nanoseconds = fc.bigInt(0n, 9_223_372_036_854_775_807n);

test('reading gives back what was written, to the nanosecond', () => {
  fc.assert(
    fc.property(nanoseconds, nanoseconds, (madeNs, dueNs) => {
      assert.deepEqual(readDeadline(writeDeadline({ madeNs, dueNs })), { madeNs, dueNs });
    }),
  );
});

test('what is no deadline is not read', () => {
  for (const text of ['', 'x', '1', '1 ', ' 1 2', '1  2', '1 2 3', '1.5 2', '1 2x', '0x1 2', `1 ${'9'.repeat(20)}`]) {
    assert.equal(readDeadline(text), undefined, JSON.stringify(text));
  }
});

test('of several the later making and the earlier due count', () => {
  const a = { madeNs: 5n, dueNs: 100n };
  const b = { madeNs: 7n, dueNs: 50n };
  assert.deepEqual(combineDeadlines(a, b), { madeNs: 7n, dueNs: 50n });
  assert.deepEqual(combineDeadlines(b, a), { madeNs: 7n, dueNs: 50n });
  assert.deepEqual(readDeadlines('5 100,7 50'), { madeNs: 7n, dueNs: 50n });
  assert.deepEqual(readDeadlines('5 100, x ,7 50'), { madeNs: 7n, dueNs: 50n });
  assert.equal(readDeadlines('x,y'), undefined);
  assert.equal(readDeadlines(''), undefined);
});

test('a timeout becomes a deadline on the wall clock', () => {
  const deadline = deadlineAfter(1_700_000_000_000.25, 300);
  assert.equal(writeDeadline(deadline), '1700000000000250000 1700000000300250000');
  assert.equal(remainingMs(deadline, 1_700_000_000_100.25), 200);
  assert.equal(remainingMs(deadline, 1_700_000_001_300.25), -1000);
});
