import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../clock.ts';
import { Activity, failed, ok, pending, settable } from './activity.ts';
import { settled } from './settled.ts';

test('what is known already settles at once', async () => {
  assert.deepEqual(await settled(Activity.value(1), new ManualClock(), 10), ok(1));
});

test('the first state that is not pending is taken', async () => {
  const { activity, set } = settable<number>();
  const wait = settled(activity, new ManualClock(), 10);
  const error = new Error('gone');
  set(failed(error));
  set(ok(1));
  assert.deepEqual(await wait, failed(error));
});

test('after the time it is pending, and nothing is observed any more', async () => {
  const clock = new ManualClock();
  let open = 0;
  const activity = Activity.from<number>(() => {
    open += 1;
    return { close: () => (open -= 1) };
  });
  const wait = settled(activity, clock, 10);
  assert.equal(open, 1);
  clock.advance(10);
  assert.deepEqual(await wait, pending);
  assert.equal(open, 0);
});
