import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { ResponseHead } from '../router/response-head.ts';
import { compose, type Filter } from '../router/service.ts';
import { Timeouts } from '../router/timeouts.ts';
import { attemptTimeout, serverTimeout, totalTimeout } from './time-limits.ts';

function bench(limit: (timeouts: Timeouts) => Filter, ms = 400) {
  const clock = new ManualClock();
  const desk = new Desk();
  const service = compose([limit(new Timeouts(ms, clock))], desk);
  const { x, caller } = call({ clock });
  return { clock, desk, service, x, caller };
}

describe('the total time', () => {
  test('linkerd1: totalTimeoutMs: ends the request for good, in the words of Linkerd', () => {
    const { clock, service, x, caller } = bench(totalTimeout);
    service.send(x);
    clock.advance(400);
    assert.deepEqual(caller.ends, ['totalTimeout']);
    assert.equal(x.over, true);
    assert.equal(
      x.error?.message,
      'exceeded 400.milliseconds to unspecified while waiting for a response for the request, including retries (if applicable). Remote Info: Not Available',
    );
  });

  test('takes the request from whoever waits with it', () => {
    const { clock, service, x } = bench(totalTimeout);
    service.send(x);
    let cancelled = 0;
    x.waiting = { cancel: () => (cancelled += 1) };
    clock.advance(400);
    assert.equal(cancelled, 1);
  });

  test('tells the next hop its deadline', () => {
    const { service, x } = bench(totalTimeout);
    service.send(x);
    assert.equal(x.deadline, '1700000000000000000 1700000000400000000');
  });
});

describe('the time of a server', () => {
  test('ends the request for good, and names the server', () => {
    const { clock, service, x, caller } = bench((t) => serverTimeout(t, '127.0.0.1/4140'), 300);
    service.send(x);
    assert.equal(x.deadline, '1700000000000000000 1700000000300000000');
    clock.advance(300);
    assert.deepEqual([caller.ends, x.over], [['attemptTimeout'], true]);
    assert.equal(
      x.error?.message,
      'exceeded 300.milliseconds to 127.0.0.1/4140 while waiting for a response for an individual request, excluding retries. Remote Info: Not Available',
    );
  });

  test('is over with the response head', () => {
    const { clock, desk, service, x, caller } = bench((t) => serverTimeout(t, 'a/1'), 300);
    service.send(x);
    answer(desk.last);
    clock.advance(1000);
    assert.deepEqual(caller.ends, [200]);
  });
});

describe('the time of an attempt', () => {
  test('linkerd1: requestAttemptTimeoutMs: ends it, in the words of Linkerd; the request may go on', () => {
    const { clock, service, x, caller } = bench((t) => attemptTimeout(t, '/#/io.l5d.fs/web'), 2000);
    x.attemptAt = clock.now();
    service.send(x);
    clock.advance(2000);
    assert.deepEqual(caller.ends, ['attemptTimeout']);
    assert.equal(x.over, false);
    assert.equal(
      x.error?.message,
      'exceeded 2.seconds to #/io.l5d.fs/web while waiting for a response for an individual request, excluding retries.',
    );
  });

  test('tells the next hop its deadline, and leaves that of the request alone', () => {
    const { service, x } = bench((t) => attemptTimeout(t, '/#/web'));
    x.deadline = '1600000000000000000 1800000000000000000';
    service.send(x);
    assert.equal(x.attemptDeadline, '1700000000000000000 1700000000400000000');
    assert.equal(x.deadline, '1600000000000000000 1800000000000000000');
  });

  test('begins anew with each attempt', () => {
    const { clock, desk, service, x, caller } = bench((t) => attemptTimeout(t, '/#/web'));
    x.attemptAt = clock.now();
    service.send(x);
    clock.advance(300);
    desk.last.end(); // this attempt is over; the caller's frame has it
    x.attemptAt = clock.now();
    x.enter(caller);
    service.send(x);
    clock.advance(399);
    assert.deepEqual(caller.ends, [0]);
    clock.advance(1);
    assert.deepEqual(caller.ends, [0, 'attemptTimeout']);
  });
});

for (const [what, limit] of [
  ['the total time', totalTimeout],
  ['the time of an attempt', (t: Timeouts) => attemptTimeout(t, '/#/web')],
] as const) {
  test(`${what} stops with the response head: a body may take as long as it likes`, () => {
    const { clock, service, x, caller } = bench(limit);
    service.send(x);
    clock.advance(399);
    const head = new ResponseHead();
    head.status = 200;
    x.head(head);
    clock.advance(100_000);
    assert.deepEqual(caller.ends, []);
  });

  test(`${what} stops where the request ends without an answer`, () => {
    const { clock, service, x, caller } = bench(limit);
    service.send(x);
    x.refuse('reset', 'gone');
    clock.advance(100_000);
    assert.deepEqual(caller.ends, ['reset']);
  });

  test(`${what} does not touch what is answered in time`, () => {
    const { clock, desk, service, x, caller } = bench(limit);
    service.send(x);
    clock.advance(399);
    answer(desk.last);
    clock.advance(1000);
    assert.deepEqual(caller.ends, [200]);
  });
}
