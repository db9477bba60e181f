import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffOf, equalJitter } from './backoff.ts';

test('linkerd1: backoff constant, jittered: a constant backoff is the same each time', () => {
  const backoff = backoffOf({ kind: 'constant', ms: 30 }, () => 0.5);
  assert.deepEqual([1, 2, 100].map(backoff), [30, 30, 30]);
});

test('linkerd1: backoff constant, jittered: a jittered backoff begins at its least and reaches up to three times the wait before', () => {
  const most = backoffOf({ kind: 'jittered', minMs: 10, maxMs: 1000 }, () => 1 - 2 ** -53);
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(most).map(Math.round), [10, 30, 90, 270, 810, 1000]);
  const least = backoffOf({ kind: 'jittered', minMs: 10, maxMs: 1000 }, () => 0);
  assert.deepEqual([1, 2, 3, 4].map(least), [10, 10, 10, 10]);
});

test('a jittered backoff stays within its bounds', () => {
  const bounds = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 10_000 }));
  const rolls = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  fc.assert(
    fc.property(bounds, rolls, fc.integer({ min: 1, max: 30 }), ([minMs, more], roll, retry) => {
      const wait = backoffOf({ kind: 'jittered', minMs, maxMs: minMs + more }, () => roll.next().value ?? 0)(retry);
      assert.ok(wait >= minMs && wait <= minMs + more, String(wait));
    }),
  );
});

test('equal jitter begins at its start, doubles, half of it by chance, and stays at its most', () => {
  const least = equalJitter(5000, 300_000, () => 0);
  assert.deepEqual([1, 2, 3, 4, 8, 9, 1000].map(least), [5000, 5000, 10_000, 20_000, 300_000, 300_000, 300_000]);
  const most = equalJitter(5000, 300_000, () => 1 - 2 ** -53);
  assert.deepEqual([1, 2, 3, 4].map(most).map(Math.round), [5000, 10_000, 20_000, 40_000]);
});
