import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FloodGuard } from './flood.ts';

/** How many single units it allows at one moment. */
function allowed(guard: FloodGuard, now: number): number {
  let n = 0;
  while (guard.allows(1, now) && n < 10_000) n++;
  return n;
}

test('a burst is allowed, and not one more', () => {
  assert.equal(allowed(new FloodGuard(10, 1, 0), 0), 10);
  assert.equal(new FloodGuard(10, 1, 0).allows(11, 0), false);
});

test('time gives back at its rate, up to a burst', () => {
  const guard = new FloodGuard(10, 5, 0);
  assert.equal(allowed(guard, 0), 10);
  assert.equal(allowed(guard, 400), 1, 'two units came, one made good for the refusal');
  assert.equal(allowed(guard, 100_000), 10);
});

test('work done gives back, up to a burst', () => {
  const guard = new FloodGuard(10, 0, 0);
  guard.earn(100);
  assert.equal(allowed(guard, 0), 10);
  guard.earn(4);
  assert.equal(allowed(guard, 0), 3, 'one unit made good for the refusal');
});
