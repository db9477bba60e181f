import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Alarms } from './alarms.ts';

test('alarms go off in their order, whatever order they were set in, and not before their time', () => {
  const clock = new ManualClock();
  const alarms = new Alarms(clock);
  const rung: number[] = [];
  for (const at of [500, 100, 3000, 105, 501]) {
    alarms.set(at, () => {
      assert.ok(clock.now() >= at && clock.now() <= at + 10, `${at} at ${clock.now()}`);
      rung.push(at);
    });
  }
  clock.advance(99);
  assert.deepEqual(rung, []);
  clock.advance(5000);
  assert.deepEqual(rung, [100, 105, 500, 501, 3000]);
});

test('one that is closed stays silent, and keeps no memory', () => {
  const clock = new ManualClock();
  const alarms = new Alarms(clock);
  let rung = 0;
  const ring = () => () => {
    rung += 1;
  };
  const [first, second] = [alarms.set(50, ring()), alarms.set(50, ring())];
  first.close();
  first.close();
  clock.advance(100);
  assert.equal(rung, 1);
  second.close();
  alarms.set(150, ring());
  clock.advance(100);
  assert.equal(rung, 2);
});

test('one set by another goes off as well, and one closed by another does not', () => {
  const clock = new ManualClock();
  const alarms = new Alarms(clock);
  const rung: string[] = [];
  let later = alarms.set(20, () => rung.push('closed'));
  alarms.set(10, () => {
    rung.push('first');
    later.close();
    later = alarms.set(clock.now(), () => rung.push('at once'));
  });
  clock.advance(100);
  assert.deepEqual(rung, ['first', 'at once']);
});
