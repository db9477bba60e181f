import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { Alarms } from '../router/alarms.ts';
import { ResponseHead } from '../router/response-head.ts';
import { compose } from '../router/service.ts';
import { grpcDeadline, grpcTimeout } from './grpc-deadline.ts';

function scene(lines: string) {
  const clock = new ManualClock();
  const desk = new Desk();
  const { x, caller } = call({ clock, lines });
  compose([grpcDeadline(new Alarms(clock))], desk).send(x);
  return { clock, desk, x, caller };
}

test('a timeout is a number of at most eight digits and a unit', () => {
  assert.deepEqual(
    ['1H', '2M', '3S', '4m', '5000u', '6000000n', '99999999m'].map(grpcTimeout),
    [3_600_000, 120_000, 3000, 4, 5, 6, 99_999_999],
  );
  assert.deepEqual(['', '1', 'S', '1s', '-1S', '1.5S', '123456789m', '1 S'].map(grpcTimeout), Array(8).fill(undefined));
});

test('a call whose deadline is over fails, and whoever has it lets go of it', () => {
  const { clock, desk, x, caller } = scene('grpc-timeout: 100m\r\n');
  let cancelled = 0;
  desk.last.waiting = { cancel: () => cancelled++ };
  clock.advance(99);
  assert.deepEqual(caller.ends, []);
  clock.advance(20);
  assert.deepEqual([caller.ends, cancelled, x.over], [['deadline'], 1, true]);
});

test('the deadline is for the whole of the answer, not for its head alone', () => {
  const { clock, desk, caller } = scene('grpc-timeout: 1S\r\n');
  assert.ok(desk.last.head(new ResponseHead()));
  clock.advance(2000);
  assert.deepEqual(caller.ends, ['deadline']);
});

test('a call that ends in time, and one without a deadline or with one that is none, are left alone', () => {
  for (const lines of ['grpc-timeout: 1S\r\n', '', 'grpc-timeout: soon\r\n']) {
    const { clock, desk, caller } = scene(lines);
    if (lines.includes('1S')) answer(desk.last, 200);
    clock.advance(5000);
    assert.deepEqual(caller.ends, lines.includes('1S') ? [200] : []);
  }
});
