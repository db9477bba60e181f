import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accrualCounters, someEndpoint } from '#test/helpers/endpoints.ts';
import type { AccrualPolicy } from './endpoint.ts';

/** Dead for 100 ms after every `most`th failure in a row. */
function policy(most: number): AccrualPolicy & { revivals: number } {
  let inRow = 0;
  return {
    revivals: 0,
    succeeded: () => {
      inRow = 0;
    },
    failed: () => (++inRow >= most ? 100 : undefined),
    revived() {
      this.revivals += 1;
      inRow = 0;
    },
  };
}

test('an endpoint without a policy is open whatever happens', () => {
  const endpoint = someEndpoint();
  for (let i = 0; i < 100; i++) {
    endpoint.begin(i);
    endpoint.end(i, 1, 'failure');
  }
  assert.ok(endpoint.open(0));
});

test('the head of a good answer ends a probe, long before the answer ends', () => {
  const stats = accrualCounters();
  const endpoint = someEndpoint({ policy: policy(1), stats });
  endpoint.begin(0);
  endpoint.end(0, 1, 'failure');
  endpoint.begin(100);
  assert.equal(endpoint.open(1e9), false);
  endpoint.answered(false);
  assert.equal(endpoint.open(1e9), false);
  endpoint.answered(true);
  assert.ok(endpoint.open(100));
  assert.equal(stats.revivals.value, 1);
});

test('a probe that says nothing is followed by another', () => {
  const endpoint = someEndpoint({ policy: policy(1) });
  endpoint.begin(0);
  endpoint.end(0, 1, 'failure');
  endpoint.begin(100);
  endpoint.end(150, 50, 'neither');
  assert.ok(endpoint.open(150));
});

test('a probe that fails is no second removal', () => {
  const stats = accrualCounters();
  const endpoint = someEndpoint({ policy: policy(2), stats });
  for (const now of [0, 1]) {
    endpoint.begin(now);
    endpoint.end(now, 1, 'failure');
  }
  endpoint.begin(101);
  endpoint.end(101, 1, 'failure');
  assert.equal(endpoint.open(200), false);
  assert.deepEqual([stats.removals.value, stats.probes.value, stats.removedForMs.value], [1, 1, 200]);
});

test('while it is dead or probed, at most one exchange is sent on purpose, and counts stay in order', () => {
  const steps = fc.array(
    fc.tuple(fc.nat({ max: 60 }), fc.constantFrom('success' as const, 'failure' as const, 'neither' as const)),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (all, most) => {
      const stats = accrualCounters();
      const endpoint = someEndpoint({ policy: policy(most), stats });
      let now = 0;
      for (const [ms, verdict] of all) {
        now += ms;
        if (!endpoint.open(now)) continue;
        endpoint.begin(now);
        if (endpoint.restsUntil !== 0) assert.equal(endpoint.open(now), false, 'one probe at a time');
        endpoint.end(now, 1, verdict);
      }
      const { removals, revivals, probes } = stats;
      assert.ok(revivals.value <= removals.value && removals.value <= revivals.value + 1);
      assert.ok(revivals.value <= probes.value);
    }),
  );
});
