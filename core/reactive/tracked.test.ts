import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity, ok } from './activity.ts';
import { tracked } from './tracked.ts';

test('the state is that of the last time it was observed, and asking for it observes nothing', () => {
  let observed = 0;
  let tell: (n: number) => void = () => {};
  const source = Activity.from<number>((set) => {
    observed += 1;
    tell = (n) => set(ok(n));
    return { close() {} };
  });
  const { activity, last } = tracked(source);
  assert.deepEqual([last().kind, observed], ['pending', 0]);
  const handle = activity.states.observe(() => {});
  tell(1);
  assert.deepEqual([last(), observed], [ok(1), 1]);
  handle.close();
  assert.deepEqual([last(), observed], [ok(1), 1]);
});
