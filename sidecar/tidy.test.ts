import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '#core/clock.ts';
import { tidy } from './tidy.ts';

test('collects once, a moment after the start, and never when closed before', () => {
  const clock = new ManualClock();
  let collections = 0;
  const collect = () => void collections++;
  tidy(clock, collect);
  tidy(clock, collect).close();
  clock.advance(100);
  assert.equal(collections, 0);
  clock.advance(60_000);
  assert.equal(collections, 1);
});

test('what nobody holds any more is gone afterwards', async () => {
  const clock = new ManualClock();
  const held = new WeakRef({ large: new Array(1000).fill(0) });
  await sleep(0); // a WeakRef keeps its target until the turn that made it has ended
  tidy(clock);
  clock.advance(60_000);
  assert.equal(held.deref(), undefined);
});
