import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../clock.ts';
import { Metrics } from './metrics.ts';
import { rollWindows, windowMs } from './windows.ts';

test('linkerd1: 1-minute summary windows: every minute all histograms forget what is two minutes old, until closed', () => {
  const metrics = new Metrics();
  const clock = new ManualClock();
  const rolling = rollWindows(metrics, clock);
  const { histogram } = metrics.stat('a', 'b');
  histogram.add(1);
  clock.advance(windowMs);
  assert.equal(histogram.window([])?.count, 1);
  clock.advance(windowMs);
  assert.equal(histogram.window([]), undefined);
  histogram.add(1);
  rolling.close();
  clock.advance(5 * windowMs);
  assert.equal(histogram.window([])?.count, 1);
});
