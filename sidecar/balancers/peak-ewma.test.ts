import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PeakEwma } from './peak-ewma.ts';

const DECAY = 10_000;

/** One request at `at` that takes `tookMs`. */
function serve(load: PeakEwma, at: number, tookMs: number): void {
  load.begin();
  load.end(at + tookMs, tookMs);
}

describe('the cost of an endpoint', () => {
  test('is nothing before its first request', () => {
    assert.equal(new PeakEwma(DECAY).cost(0), 0);
  });

  test('that has never answered is beyond any other while it has a request', () => {
    const load = new PeakEwma(DECAY);
    load.begin();
    const slow = new PeakEwma(DECAY);
    serve(slow, 0, 60_000);
    slow.begin();
    const one = load.cost(60_000);
    assert.ok(one > slow.cost(60_000));
    load.begin();
    assert.ok(load.cost(60_000) > one);
  });

  test('is the time it takes, for each request it would have then', () => {
    const load = new PeakEwma(DECAY);
    serve(load, 0, 100);
    assert.equal(load.cost(100), 100);
    load.begin();
    load.begin();
    assert.equal(load.cost(100), 300);
  });

  test('jumps up to a peak at once', () => {
    const load = new PeakEwma(DECAY);
    serve(load, 0, 10);
    serve(load, 10, 500);
    assert.equal(load.cost(510), 500);
  });

  test('sinks back with the decay time, with requests and without', () => {
    const silent = new PeakEwma(DECAY);
    serve(silent, 0, 1000);
    const after = silent.cost(1000 + DECAY);
    assert.ok(Math.abs(after - 1000 / Math.E) < 1e-6, String(after));

    const busy = new PeakEwma(DECAY);
    serve(busy, 0, 1000);
    serve(busy, 990 + DECAY, 10);
    const expected = 1000 / Math.E + 10 * (1 - 1 / Math.E);
    assert.ok(Math.abs(busy.cost(1000 + DECAY) - expected) < 1e-6);
  });

  test('is not lowered by an answer whose body ends long after its head', () => {
    const load = new PeakEwma(DECAY);
    serve(load, 60_000, 500);
    load.begin();
    load.end(1000, 5); // answered at 1000, the body over only now
    assert.equal(load.cost(60_500), 500);
  });

  test('takes a clock that stands still or a negative time for no time', () => {
    const load = new PeakEwma(DECAY);
    load.begin();
    load.end(0, -5);
    assert.equal(load.cost(0), 0);
  });
});

test('a slower endpoint costs more, whatever the same load on both', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 20 }), (fastMs, pending) => {
      const fast = new PeakEwma(DECAY);
      const slow = new PeakEwma(DECAY);
      for (let at = 0; at < 20_000; at += 1000) {
        serve(fast, at, fastMs);
        serve(slow, at, fastMs * 2);
      }
      for (let i = 0; i < pending; i++) {
        fast.begin();
        slow.begin();
      }
      assert.ok(slow.cost(21_000) > fast.cost(21_000));
    }),
  );
});
