import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { call, Desk } from '#test/helpers/exchanges.ts';
import { Counter } from '../../core/telemetry/metrics.ts';
import type { Exchange } from './exchange.ts';
import { LateJudgement } from './late-judgement.ts';
import { ResponseHead } from './response-head.ts';
import type { Frame } from './service.ts';
import { Timeouts } from './timeouts.ts';

function bench({ again = false, streamed }: { readonly again?: boolean; readonly streamed?: number } = {}) {
  const clock = new ManualClock();
  const desk = new Desk();
  const stats = { requestTooLong: new Counter(), responseTooLong: new Counter(), timeout: new Counter() };
  const late = new LateJudgement({ timeouts: new Timeouts(100, clock), bytes: 4, stats }, desk);
  const heads: string[] = [];
  const retries: Frame = {
    head(x) {
      heads.push(x.outcome);
      return !(again && x.outcome === 'retryable');
    },
    end: () => true,
  };
  const { x, caller } = call({ clock, ...(streamed !== undefined && { streamed }) });
  x.classify = () => (x.trailers.includes('14') ? 'retryable' : 'success');
  x.enter(retries);
  late.send(x);
  return { clock, stats, x, caller, heads };
}

/** The origin's side: head, body, end. */
function begins(x: Exchange): void {
  const head = new ResponseHead();
  head.status = 200;
  assert.equal(x.head(head), true);
  x.downstream.respond(x, -1, undefined);
}
const says = (x: Exchange, text: string): void => x.downstream.write(Buffer.from(text), 0, text.length);
const ends = (x: Exchange, trailers: string): void => {
  x.downstream.finish(x.completed(trailers));
  x.end();
};

describe('linkerd1: h2 retry buffering, classificationTimeout', () => {
  test('an answer is shown to nobody before its end has judged it', () => {
    const { x, caller, heads } = bench();
    begins(x);
    says(x, 'abc');
    assert.deepEqual([caller.responses.length, heads], [0, []]);
    ends(x, 'grpc-status: 0\r\n');
    assert.deepEqual([caller.responses.length, heads], [1, ['success']]);
  });

  test('one that is to be tried again is never shown', () => {
    const { x, caller, heads } = bench({ again: true });
    const before = x.downstream;
    begins(x);
    says(x, 'abc');
    ends(x, 'grpc-status: 14\r\n');
    assert.deepEqual([caller.responses.length, heads], [0, ['retryable']]);
    assert.equal(x.downstream, before);
  });

  test('it is let go after its time, and after its size', () => {
    const slow = bench();
    begins(slow.x);
    slow.clock.advance(100);
    assert.deepEqual([slow.caller.responses.length, slow.stats.timeout.value], [1, 1]);

    const long = bench();
    begins(long.x);
    says(long.x, 'abc');
    says(long.x, 'de');
    assert.deepEqual([long.caller.responses.length, long.stats.responseTooLong.value], [1, 1]);
    long.clock.advance(1000);
    assert.equal(long.stats.timeout.value, 0);
  });

  test('a request that cannot be sent again is not waited for', () => {
    const { x, caller, stats } = bench({ streamed: 10 });
    begins(x);
    assert.deepEqual([caller.responses.length, stats.requestTooLong.value], [1, 1]);
  });

  test('an answer that breaks off while it is held is dropped', () => {
    const { clock, x, caller, stats } = bench();
    const before = x.downstream;
    begins(x);
    x.refuse('reset', 'gone');
    assert.equal(x.downstream, before);
    clock.advance(1000);
    assert.deepEqual([caller.responses.length, stats.timeout.value, x.committed], [0, 0, false]);
  });
});
