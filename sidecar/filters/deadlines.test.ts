import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { call } from '#test/helpers/exchanges.ts';
import { incomingDeadline, tightened } from './deadlines.ts';

describe('an incoming deadline', () => {
  for (const [what, incoming, deadline] of [
    ['none', '', ''],
    ['one', '100 200', '100 200'],
    ['several: the later time of making, the earlier due', '100 300\r200 250\r50 400', '200 250'],
    ['one that cannot be read passes untouched', 'soon', 'soon'],
    ['several of which one cannot be read: the first passes untouched', 'soon\r100 200', 'soon'],
  ] as const) {
    test(what, () => {
      const { x } = call();
      x.request.ctxDeadline = incoming;
      incomingDeadline.request?.(x);
      assert.equal(x.deadline, deadline);
    });
  }
});

describe('a time-out', () => {
  const clock = new ManualClock(); // its wall reads 1700000000000 ms
  const own = '1700000000000000000 1700000001000000000';

  for (const [what, known, deadline] of [
    ['makes a deadline', '', own],
    ['makes a later deadline earlier', '1600000000000000000 1800000000000000000', own],
    [
      'leaves an earlier deadline, made now',
      '1600000000000000000 1650000000000000000',
      '1700000000000000000 1650000000000000000',
    ],
    ['leaves one that cannot be read', 'soon', 'soon'],
  ] as const) {
    test(what, () => {
      assert.equal(tightened(known, clock, 1000), deadline);
    });
  }
});
