import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { someEndpoint } from '#test/helpers/endpoints.ts';
import { Counter } from '../../core/telemetry/metrics.ts';
import { FailFast } from './fail-fast.ts';

function bench() {
  const clock = new ManualClock();
  const pending: ((reached: boolean) => void)[] = [];
  let closed = 0;
  const parts = {
    clock,
    random: () => 0,
    reach: (_: unknown, done: (reached: boolean) => void) => {
      pending.push(done);
      return { close: () => (closed += 1) };
    },
    markedDead: new Counter(),
    markedAvailable: new Counter(),
  };
  return { clock, pending, parts, failFast: new FailFast(parts), closedAttempts: () => closed };
}

test('an endpoint is reconnected after 1 s, then later and later, until that works', () => {
  const { clock, failFast, parts, pending } = bench();
  const endpoint = someEndpoint();
  failFast.failed(endpoint);
  failFast.failed(endpoint);
  assert.equal(endpoint.open(0), false);
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    const before = clock.now();
    while (pending.length === 0) clock.advance(100);
    waits.push(clock.now() - before);
    pending.shift()?.(false);
  }
  assert.deepEqual(waits, [1000, 1000, 2000, 4000, 8000, 16_000, 32_000]);
  assert.deepEqual(failFast.state, { down: 1, forMs: 64_000, tries: 8 });
  while (pending.length === 0) clock.advance(1000);
  pending.shift()?.(true);
  assert.equal(endpoint.open(0), true);
  assert.deepEqual([parts.markedDead.value, parts.markedAvailable.value], [1, 1]);
  assert.deepEqual(failFast.state, { down: 0, forMs: 0, tries: 0 });
});

test('what is closed tries no more', () => {
  const { clock, closedAttempts, failFast, pending } = bench();
  const [one, other] = [someEndpoint(), someEndpoint()];
  failFast.failed(one);
  failFast.failed(other);
  failFast.forget(one);
  clock.advance(1000);
  assert.equal(pending.length, 1);
  failFast.close();
  assert.equal(closedAttempts(), 1);
  clock.advance(100_000);
  assert.equal(pending.length, 1);
});
