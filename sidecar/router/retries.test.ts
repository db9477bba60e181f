import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answer, answering, type CallOptions, call, Desk } from '#test/helpers/exchanges.ts';
import { Counter, Stat } from '../../core/telemetry/metrics.ts';
import type { Backoff } from './backoff.ts';
import { Budget } from './budget.ts';
import { MeshError } from './errors.ts';
import { ResponseHead } from './response-head.ts';
import { Retries } from './retries.ts';
import type { Classifier, Service } from './service.ts';

/** 5xx and failures are retryable. */
const retryable: Classifier = (x) => (x.error !== undefined || x.status >= 500 ? 'retryable' : 'success');

function bench(
  next: Service,
  options: { readonly allowed?: number; readonly share?: number; readonly backoff?: Backoff } = {},
) {
  const clock = new ManualClock();
  const config = { minRetriesPerSec: options.allowed ?? 10, percentCanRetry: options.share ?? 0, ttlSecs: 1 };
  const stats = { total: new Counter(), budgetExhausted: new Counter(), perRequest: new Stat() };
  const retries = new Retries(new Budget(config, clock), options.backoff ?? (() => 0), clock, stats, next);
  const send = (request: CallOptions = {}) => {
    const sent = call({ clock, ...request });
    sent.x.classify = retryable;
    retries.send(sent.x);
    return sent;
  };
  return { clock, stats, send };
}

describe('an attempt that can be retried', () => {
  test('is made again until it succeeds, and the caller sees that one only', () => {
    const origin = answering(500, 503, 200);
    const { stats, send } = bench(origin);
    const { x, caller } = send();
    assert.equal(origin.sent.length, 3);
    assert.deepEqual(caller.responses, [{ status: 200, length: 0 }]);
    assert.deepEqual(caller.ends, [200]);
    assert.deepEqual([x.retries, stats.total.value, stats.budgetExhausted.value], [2, 2, 0]);
  });

  test('is made again as long as the budget lasts, and then answered as it is', () => {
    const origin = answering(503);
    const { stats, send } = bench(origin, { allowed: 7 });
    const { caller } = send();
    assert.equal(origin.sent.length, 8);
    assert.deepEqual(caller.ends, [503]);
    assert.deepEqual([stats.total.value, stats.budgetExhausted.value], [7, 1]);
  });

  test('goes where its name leads now if its client was closed while it waited, which is no retry', () => {
    const desk = new Desk();
    const { send, stats } = bench(desk, { allowed: 0 });
    const { x, caller } = send({ streamed: -1 });
    desk.last.refuse('evicted', 'client closed');
    assert.deepEqual([desk.sent.length, caller.ends, stats.total.value], [2, [], 0]);
    answer(desk.last, 200);
    assert.deepEqual([caller.ends, x.error], [[200], undefined]);
  });

  test('is made again after a failure without an answer', () => {
    const desk = new Desk();
    const { send } = bench(desk);
    const { caller } = send();
    desk.last.refuse('reset', 'gone');
    assert.deepEqual(caller.ends, []);
    answer(desk.last, 200);
    assert.equal(desk.sent.length, 2);
    assert.deepEqual(caller.ends, [200]);
  });

  test('is not made again where the whole request is not there any more', () => {
    for (const request of [{ streamed: -1 }, { streamed: 10 }]) {
      const origin = answering(503);
      const { send, stats } = bench(origin);
      assert.deepEqual(send(request).caller.ends, [503]);
      assert.equal(origin.sent.length, 1);
      assert.equal(stats.budgetExhausted.value, 0);
    }
  });

  test('is made again with a gathered body', () => {
    const origin = answering(503, 200);
    assert.deepEqual(bench(origin).send({ body: 'hello' }).caller.ends, [200]);
  });

  test('is not made again once the request is over', () => {
    const desk = new Desk();
    const { send } = bench(desk);
    const { x, caller } = send();
    x.over = true;
    x.abort(new MeshError('totalTimeout', 'late'));
    assert.equal(desk.sent.length, 1);
    assert.deepEqual(caller.ends, ['totalTimeout']);
  });

  test('is never made again behind an answer that is on its way to the caller', () => {
    const desk = new Desk();
    const { send } = bench(desk);
    const { x, caller } = send();
    const head = new ResponseHead();
    head.status = 200;
    assert.equal(x.head(head), true);
    x.downstream.respond(x, 1000, undefined);
    x.refuse('reset', 'the body broke off');
    assert.equal(desk.sent.length, 1);
    assert.deepEqual(caller.ends, ['reset']);
  });

  test('is not made again where the failure is none to retry', () => {
    const desk = new Desk();
    const { send } = bench(desk);
    const { x, caller } = send();
    x.classify = () => 'failure';
    x.refuse('unbound', 'nowhere');
    assert.equal(desk.sent.length, 1);
    assert.deepEqual(caller.ends, ['unbound']);
  });

  test('is paid for by the requests before it', () => {
    const origin = answering(200, 200, 503);
    const { send } = bench(origin, { allowed: 0, share: 0.5 });
    send();
    send();
    assert.deepEqual(send().caller.ends, [503]);
    assert.equal(origin.sent.length, 4, 'three requests allow one retry');
  });

  test('forgets the answer that was kept back', () => {
    const desk = new Desk();
    const { send } = bench(desk);
    const { x } = send();
    answer(desk.last, 503);
    assert.equal(x.response, undefined);
  });

  test('starts from a clean slate', () => {
    const desk = new Desk();
    const { send } = bench(desk);
    const { x } = send();
    x.requeues = 3;
    x.refuse('reset', 'gone');
    assert.deepEqual([x.error, x.response, x.requeues, x.outcome], [undefined, undefined, 0, 'success']);
  });
});

test('a success and a failure that cannot be retried are passed on at once', () => {
  const origin = answering(404);
  const { stats, send } = bench(origin);
  assert.deepEqual(send().caller.ends, [404]);
  assert.equal(stats.total.value, 0);
});

describe('between attempts', () => {
  test('the backoff is waited for, longer each time where it says so', () => {
    const origin = answering(500, 500, 200);
    const { clock, send } = bench(origin, { backoff: (retry) => retry * 100 });
    const { x, caller } = send();
    clock.advance(99);
    assert.equal(origin.sent.length, 1);
    clock.advance(1);
    assert.equal(origin.sent.length, 2);
    clock.advance(199);
    assert.equal(origin.sent.length, 2);
    clock.advance(1);
    assert.deepEqual(caller.ends, [200]);
    assert.equal(x.waiting, undefined);
  });

  test('a caller that goes away ends the wait: nothing more is sent', () => {
    const origin = answering(500);
    const { clock, send } = bench(origin, { backoff: () => 100 });
    const { x, caller } = send();
    x.over = true;
    x.abort(new MeshError('abandoned', 'gone'));
    clock.advance(1000);
    assert.equal(origin.sent.length, 1);
    assert.deepEqual(caller.ends, ['abandoned']);
  });
});

test('retries of each request are counted, also where there are none', () => {
  const origin = answering(500, 200, 200);
  const { stats, send } = bench(origin);
  send();
  send();
  const { histogram } = stats.perRequest;
  assert.deepEqual([histogram.count, histogram.sum], [2, 1]);
});
