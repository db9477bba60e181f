import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AccrualPolicy } from '../router/endpoint.ts';
import { consecutiveFailures } from './consecutive-failures.ts';
import { accrualKinds } from './kinds.ts';
import { none } from './none.ts';
import { Removals } from './removals.ts';
import { successRate } from './success-rate.ts';
import { successRateWindowed } from './success-rate-windowed.ts';

/** The policy of one endpoint, as configured; chance always rolls 0. */
function policyOf(config: object): AccrualPolicy {
  const parsed = accrualKinds.schema.parse(config);
  const made = accrualKinds.make(parsed, { random: () => 0 });
  assert.ok(made !== undefined);
  return made();
}

const forever = { backoff: { kind: 'constant', ms: 60_000 } };

describe('linkerd1: failure accrual consecutive (default 5)', () => {
  test('the fifth failure in a row removes, for 5 s first', () => {
    const policy = policyOf({ kind: 'io.l5d.consecutiveFailures' });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => policy.failed(0)),
      [undefined, undefined, undefined, undefined],
    );
    assert.equal(policy.failed(0), 5000);
  });

  test('each failed probe waits longer, until one succeeds', () => {
    const policy = policyOf({ kind: 'io.l5d.consecutiveFailures', failures: 1 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => policy.failed(0)),
      [5000, 5000, 10_000, 20_000],
    );
    policy.revived();
    assert.equal(policy.failed(0), 5000);
  });

  test('failures that are not in a row do not count', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), fc.integer({ min: 1, max: 6 }), (outcomes, failures) => {
        const policy = policyOf({ kind: 'io.l5d.consecutiveFailures', failures, ...forever });
        let inRow = 0;
        for (const good of outcomes) {
          if (good) {
            policy.succeeded(0);
            inRow = 0;
          } else {
            inRow += 1;
            assert.equal(policy.failed(0) !== undefined, inRow >= failures);
          }
        }
      }),
    );
  });
});

describe('linkerd1: successRate, successRateWindowed, none', () => {
  test('successRate is judged after so many requests, and not before', () => {
    const policy = policyOf({ kind: 'io.l5d.successRate', successRate: 0.7, requests: 10, ...forever });
    for (let i = 1; i < 10; i++) assert.equal(policy.failed(0), undefined, `request ${i}`);
    assert.equal(policy.failed(0), 60_000);
    policy.revived();
    assert.equal(policy.failed(0), undefined, 'begins anew');
  });

  test('successRate never removes an endpoint that is good enough all the time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 50 }), (requests) => {
        const policy = policyOf({ kind: 'io.l5d.successRate', successRate: 0.5, requests, ...forever });
        for (let i = 0; i < 500; i++) {
          if (i % 4 !== 3) policy.succeeded(0);
          else assert.equal(policy.failed(0), undefined);
        }
      }),
    );
  });

  test('successRate notices an endpoint that turns bad, however long it was good', () => {
    const policy = policyOf({ kind: 'io.l5d.successRate', successRate: 0.7, requests: 10, ...forever });
    for (let i = 0; i < 10_000; i++) policy.succeeded(0);
    let failures = 1;
    while (policy.failed(0) === undefined) failures += 1;
    assert.equal(failures, 4, 'e^-0.4 < 0.7');
  });

  test('successRateWindowed is judged after its time, by five outcomes in it', () => {
    const config = { kind: 'io.l5d.successRateWindowed', successRate: 0.7, window: 1, ...forever };
    const policy = policyOf(config);
    for (let now = 0; now < 1000; now += 100) assert.equal(policy.failed(now), undefined, `${now} ms`);
    assert.equal(policy.failed(1000), 60_000);

    const quiet = policyOf(config);
    for (let now = 0; now < 100_000; now += 900) assert.equal(quiet.failed(now), undefined, 'two a second say nothing');
  });

  test('successRateWindowed forgets what lies behind', () => {
    const policy = policyOf({ kind: 'io.l5d.successRateWindowed', successRate: 0.5, window: 1, ...forever });
    for (let now = 0; now < 900; now += 10) policy.failed(now);
    for (let now = 5000; now < 6000; now += 10) policy.succeeded(now);
    assert.equal(policy.failed(6000), undefined);
    policy.revived();
    assert.equal(policy.failed(6001), undefined);
  });

  test('none removes nothing', () => {
    assert.equal(accrualKinds.make(accrualKinds.schema.parse({ kind: 'none' }), { random: () => 0 }), undefined);
  });

  test('a rate that is not given is always met', () => {
    for (const kind of ['io.l5d.successRate', 'io.l5d.successRateWindowed']) {
      const policy = policyOf({ kind });
      for (let now = 0; now < 10_000; now += 100) assert.equal(policy.failed(now), undefined);
    }
  });
});

test("a configured backoff says how long; one that lacks an end is Linkerd's", () => {
  const kind = 'io.l5d.consecutiveFailures';
  const waits = (backoff: object) => {
    const policy = policyOf({ kind, failures: 1, backoff });
    return [1, 2, 3].map(() => policy.failed(0));
  };
  assert.deepEqual(waits({ kind: 'constant', ms: 7 }), [7, 7, 7]);
  assert.deepEqual(waits({ kind: 'jittered', minMs: 20, maxMs: 60 }), [20, 20, 20]);
  assert.deepEqual(waits({ kind: 'jittered', minMs: 20 }), [5000, 5000, 10_000]);
});

test('an unknown kind, and an unknown key, are refused', () => {
  assert.throws(() => policyOf({ kind: 'io.l5d.consecutive' }), /unknown failure accrual/);
  assert.throws(() => policyOf({ kind: 'none', failures: 5 }), /failures/);
});

test('the kinds are those of Linkerd', () => {
  assert.deepEqual(accrualKinds.kinds, [consecutiveFailures, successRate, successRateWindowed, none]);
});

test('waits grow in a row, and begin anew', () => {
  const removals = new Removals(undefined, () => 0.5);
  assert.deepEqual(
    [1, 2, 3].map(() => removals.next()),
    [5000, 7500, 15_000],
  );
  removals.reset();
  assert.equal(removals.next(), 5000);
});
