import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { deadlineAfter, writeDeadline } from '../../core/telemetry/deadline.ts';
import { Alarms } from './alarms.ts';
import { keepingDeadlines } from './deadline-limit.ts';

function bench() {
  const clock = new ManualClock();
  const desk = new Desk();
  const service = keepingDeadlines(new Alarms(clock), desk);
  const send = (ms: number | undefined) => {
    const sent = call({ clock });
    if (ms !== undefined) sent.x.deadline = writeDeadline(deadlineAfter(clock.wall(), ms));
    service.send(sent.x);
    return sent;
  };
  return { clock, send };
}

test('linkerd1: l5d-ctx-deadline: where it is kept, a late request is refused and a slow answer not waited for', () => {
  const { clock, send } = bench();
  assert.deepEqual(send(-1).caller.ends, ['deadline']);
  const { x, caller } = send(100);
  clock.advance(99);
  assert.deepEqual(caller.ends, []);
  clock.advance(20);
  assert.deepEqual([caller.ends, x.over], [['deadline'], true]);
});

test('an answer in time, and a request without a deadline, are not touched', () => {
  const { clock, send } = bench();
  const [timely, free] = [send(100), send(undefined)];
  answer(timely.x);
  clock.advance(10_000);
  assert.deepEqual([timely.caller.ends, free.caller.ends], [[200], []]);
});

test("a deadline that cannot be read is nobody's", () => {
  const { clock } = bench();
  const desk = new Desk();
  const { x, caller } = call({ clock });
  x.deadline = 'soon';
  keepingDeadlines(new Alarms(clock), desk).send(x);
  assert.deepEqual(caller.ends, []);
});
