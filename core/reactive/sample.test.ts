import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity, ok } from './activity.ts';
import { sample } from './sample.ts';
import { Cell } from './var.ts';

test('a sample is the value of the moment', () => {
  const cell = new Cell(1);
  assert.equal(sample(cell), 1);
  cell.set(2);
  assert.equal(sample(cell), 2);
});

test('what a sample started has ended when it returns', () => {
  const events: string[] = [];
  const activity = Activity.from<number>((set) => {
    events.push('start');
    set(ok(1));
    return { close: () => events.push('end') };
  });
  assert.deepEqual(sample(activity.states), ok(1));
  assert.deepEqual(events, ['start', 'end']);
});
