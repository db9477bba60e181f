import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../clock.ts';
import { seldom } from './seldom.ts';

test('of many events one a second is told, and how many were not', () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const event = seldom<string>(clock, 1000, (name, leftOut) => told.push(`${name} ${leftOut}`));
  event('a');
  event('b');
  clock.advance(999);
  event('c');
  clock.advance(1);
  event('d');
  clock.advance(5000);
  event('e');
  assert.deepEqual(told, ['a 0', 'd 2', 'e 0']);
});
