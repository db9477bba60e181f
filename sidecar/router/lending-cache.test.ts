import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import { type Gauge, Metrics } from '../../core/telemetry/metrics.ts';
import { LendingCache } from './lending-cache.ts';

function bench(size: number, idleMs = 10_000) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const events: string[] = [];
  const cache = new LendingCache({ size, idleMs }, clock, metrics);
  const lend = (key: string) =>
    cache.lend(key, () => {
      events.push(`open ${key}`);
      return { usedAt: clock.now(), close: () => events.push(`close ${key}`) };
    });
  const counts = () => ['misses', 'evicts', 'expires', 'oneshots'].map((name) => metrics.counter(name).value);
  const idle = () => (metrics.scope('idle').metric as Gauge).read();
  return { clock, cache, events, lend, counts, idle };
}

describe('linkerd1: binding timeout and caches', () => {
  test('what was given back is kept for a while, and lent again', () => {
    const { clock, counts, events, idle, lend } = bench(2);
    const loan = lend('a');
    loan.close();
    loan.close();
    assert.equal(idle(), 1);
    lend('a').close();
    assert.deepEqual(events, ['open a']);
    clock.advance(20_000);
    assert.deepEqual(events, ['open a', 'close a']);
    assert.deepEqual([counts(), idle()], [[1, 0, 1, 0], 0]);
  });

  test('what has long not been used is closed as it is given back', () => {
    const { clock, counts, events, lend } = bench(2);
    const loan = lend('a');
    clock.advance(10_000);
    loan.close();
    assert.deepEqual(
      [events, counts()],
      [
        ['open a', 'close a'],
        [1, 0, 1, 0],
      ],
    );
  });

  test('the one unused for longest makes room; where all are lent, whoever comes gets one of their own', () => {
    const { clock, counts, events, lend } = bench(2);
    lend('a').close();
    clock.advance(1);
    const b = lend('b');
    lend('c');
    assert.deepEqual(events, ['open a', 'open b', 'close a', 'open c']);
    const own = lend('d');
    assert.notEqual(lend('d').value, own.value);
    own.close();
    assert.equal(events.at(-1), 'close d');
    assert.deepEqual(counts(), [5, 1, 0, 2]);
    b.close();
  });

  test('nothing is kept by a cache of no size or no time', () => {
    for (const { events, lend } of [bench(0), bench(9, 0)]) {
      lend('a').close();
      assert.deepEqual(events, ['open a', 'close a']);
    }
  });
});

test('whatever happens, what is open is either lent or within the limit, and closing closes the rest', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 9 }), fc.boolean()), { maxLength: 100 });
  fc.assert(
    fc.property(fc.nat({ max: 4 }), steps, (size, moves) => {
      const { cache, clock, events, lend } = bench(size);
      const loans: { close(): void }[] = [];
      for (const [key, ms, back] of moves) {
        clock.advance(ms * 500);
        if (back) loans.pop()?.close();
        else loans.push(lend(String(key)));
        const open =
          events.filter((e) => e.startsWith('open')).length - events.filter((e) => e.startsWith('close')).length;
        assert.ok(open <= Math.max(size, 0) + loans.length);
      }
      cache.close();
      for (const loan of loans) loan.close();
      clock.advance(100_000);
      cache.close();
      assert.equal(
        events.filter((e) => e.startsWith('open')).length,
        events.filter((e) => e.startsWith('close')).length,
      );
    }),
  );
});
