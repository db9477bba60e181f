import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { IdleLimit } from './idle.ts';

test('it fires once when nothing has passed for its time, counted from the last touch', () => {
  const clock = new ManualClock();
  let fired = 0;
  const idle = new IdleLimit(100, clock, () => (fired += 1));
  clock.advance(99);
  idle.touch();
  clock.advance(99);
  assert.equal(fired, 0);
  clock.advance(1);
  assert.equal(fired, 1);
  clock.advance(1000);
  assert.equal(fired, 1);
});

test('closed, it never fires', () => {
  const clock = new ManualClock();
  new IdleLimit(100, clock, () => assert.fail('fired')).close();
  clock.advance(1000);
});
