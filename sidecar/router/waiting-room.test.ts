import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { call } from '#test/helpers/exchanges.ts';
import { MeshError } from './errors.ts';
import { Timeouts } from './timeouts.ts';
import { duration, WaitingRoom } from './waiting-room.ts';

function open(ms = 10_000): { readonly room: WaitingRoom; readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { room: new WaitingRoom(new Timeouts(ms, clock), clock), clock };
}

test('those who wait leave together, in the order they came', () => {
  const { room } = open();
  const [a, b, c] = [call().x, call().x, call().x];
  for (const x of [a, b, c]) room.add(x);
  assert.deepEqual(room.leave(), [a, b, c]);
  assert.deepEqual(room.leave(), []);
  for (const x of [a, b, c]) assert.equal(x.waiting, undefined);
});

test('one whose time is over fails and is no longer there', () => {
  const { room, clock } = open(10_000);
  const early = call();
  room.add(early.x);
  clock.advance(4000);
  const late = call();
  room.add(late.x);
  early.x.path = '/svc/web';
  clock.advance(6000);
  assert.deepEqual(early.caller.ends, ['bindTimeout']);
  assert.equal(early.x.error?.message, 'Exceeded 10.seconds binding timeout while resolving name: /svc/web');
  assert.deepEqual(room.leave(), [late.x]);
});

test('one who has left does not time out', () => {
  const { room, clock } = open(100);
  const { x, caller } = call();
  room.add(x);
  room.leave();
  clock.advance(1000);
  assert.deepEqual(caller.ends, []);
});

test('one who gives up is no longer there, and the others keep their order', () => {
  const { room, clock } = open(100);
  const [a, b, c] = [call(), call(), call()];
  for (const { x } of [a, b, c]) room.add(x);
  b.x.abort(new MeshError('abandoned', 'gone'));
  assert.deepEqual(b.caller.ends, ['abandoned']);
  assert.deepEqual(room.leave(), [a.x, c.x]);
  clock.advance(1000);
  assert.deepEqual([b.caller.ends, b.x.error?.kind], [['abandoned'], 'abandoned']);
});

test('to give up what never waited is nothing', () => {
  const { room } = open();
  const waits = call().x;
  room.add(waits);
  room.cancel(call().x);
  assert.deepEqual(room.leave(), [waits]);
});

for (const [ms, text] of [
  [10_000, '10.seconds'],
  [400, '400.milliseconds'],
  [1500, '1500.milliseconds'],
  [60_000, '1.minutes'],
  [90_000, '90.seconds'],
  [0, '0.milliseconds'],
] as const) {
  test(`${ms} ms read ${text}`, () => assert.equal(duration(ms), text));
}
