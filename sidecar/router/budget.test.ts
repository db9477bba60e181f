import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import { Budget, type BudgetConfig, budgetProblem, defaultBudget } from './budget.ts';

function budgetOf(config: Partial<BudgetConfig>): { readonly budget: Budget; readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { budget: new Budget({ minRetriesPerSec: 0, percentCanRetry: 0.2, ttlSecs: 10, ...config }, clock), clock };
}

/** How many of `tries` retries there are. */
function retries(budget: Budget, tries = 1000): number {
  let allowed = 0;
  for (let i = 0; i < tries; i++) if (budget.withdraw()) allowed += 1;
  return allowed;
}

function requests(budget: Budget, clock: ManualClock, count: number): void {
  for (let i = 0; i < count; i++) budget.deposit(clock.now());
}

describe('a retry budget', () => {
  test('has the reserve of its whole time to live from the start', () => {
    const { budget } = budgetOf({ minRetriesPerSec: 10, ttlSecs: 10 });
    assert.equal(budget.balance, 100);
    assert.equal(retries(budget), 100);
    assert.equal(budget.balance, 0);
  });

  for (const { percentCanRetry, allowed } of [
    { percentCanRetry: 0, allowed: 0 },
    { percentCanRetry: 0.2, allowed: 10 },
    { percentCanRetry: 1, allowed: 50 },
    { percentCanRetry: 3, allowed: 150 },
  ]) {
    test(`allows ${allowed} retries for 50 requests where ${percentCanRetry} can be retried`, () => {
      const { budget, clock } = budgetOf({ percentCanRetry });
      requests(budget, clock, 50);
      assert.equal(budget.balance, allowed);
      assert.equal(retries(budget), allowed);
    });
  }

  test('with no share and no reserve allows none', () => {
    const { budget, clock } = budgetOf({ minRetriesPerSec: 0, percentCanRetry: 0 });
    requests(budget, clock, 1000);
    assert.equal(budget.withdraw(), false);
    assert.equal(budget.balance, 0);
  });

  test('with a reserve alone allows just that, however many requests there are', () => {
    const { budget, clock } = budgetOf({ minRetriesPerSec: 2, percentCanRetry: 0, ttlSecs: 5 });
    requests(budget, clock, 1000);
    assert.equal(retries(budget), 10);
  });

  test('forgets a request after its time to live', () => {
    const { budget, clock } = budgetOf({ ttlSecs: 10 });
    requests(budget, clock, 50);
    clock.advance(8999);
    assert.equal(budget.balance, 10);
    clock.advance(1001);
    assert.equal(budget.balance, 0);
  });

  test('forgets a retry after its time to live: the reserve comes back', () => {
    const { budget, clock } = budgetOf({ minRetriesPerSec: 1, ttlSecs: 10 });
    assert.equal(retries(budget), 10);
    clock.advance(5000);
    assert.equal(budget.balance, 0);
    clock.advance(5000);
    assert.equal(budget.balance, 10);
  });

  test('forgets everything over a long silence', () => {
    const { budget, clock } = budgetOf({ minRetriesPerSec: 1, ttlSecs: 10 });
    requests(budget, clock, 500);
    clock.advance(86_400_000);
    assert.equal(budget.balance, 10);
  });

  test('works the same after any number of its times to live', () => {
    const { budget, clock } = budgetOf({ ttlSecs: 10 });
    for (let round = 0; round < 3; round++) {
      requests(budget, clock, 50);
      assert.equal(budget.balance, 10);
      clock.advance(10_000);
      assert.equal(budget.balance, 0);
    }
  });

  test('counts a request that began a while ago like one of now', () => {
    const { budget, clock } = budgetOf({ ttlSecs: 10 });
    clock.advance(5000);
    requests(budget, clock, 50);
    budget.deposit(1000);
    clock.advance(5000);
    assert.equal(budget.balance, 10, 'the deposits of the fifth second still count');
  });
});

/** What a service sees: requests, retries wanted, time passing. */
const event = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'request' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'retry' } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 4000 }) }) },
);

const config = fc.record({
  minRetriesPerSec: fc.integer({ min: 0, max: 5 }),
  percentCanRetry: fc.constantFrom(0, 0.1, 0.2, 0.5, 1, 2),
  ttlSecs: fc.integer({ min: 1, max: 10 }),
});

test('there are never more retries than the reserve and the share of the requests that count', () => {
  fc.assert(
    fc.property(config, fc.array(event, { maxLength: 300 }), (settings, events) => {
      const { budget, clock } = budgetOf(settings);
      // In whole times to live: what counts at any moment lies in the present one and the one before.
      const ttl = settings.ttlSecs * 1000;
      const asked = new Map<number, number>();
      const retried = new Map<number, number>();
      for (const e of events) {
        const period = Math.floor(clock.now() / ttl);
        if (e.kind === 'time') clock.advance(e.ms);
        else if (e.kind === 'request') {
          budget.deposit(clock.now());
          asked.set(period, (asked.get(period) ?? 0) + 1);
        } else if (budget.withdraw()) retried.set(period, (retried.get(period) ?? 0) + 1);
      }
      for (const [period, count] of retried) {
        const counted = (asked.get(period) ?? 0) + (asked.get(period - 1) ?? 0);
        const most = settings.minRetriesPerSec * settings.ttlSecs + settings.percentCanRetry * counted;
        assert.ok(count <= most + 1e-9, `${count} retries, at most ${most}`);
      }
    }),
  );
});

test('a budget allows and refuses as a list of all deposits and retries with their times would', () => {
  fc.assert(
    fc.property(config, fc.array(event, { maxLength: 300 }), (settings, events) => {
      const { budget, clock } = budgetOf(settings);
      const slice = (settings.ttlSecs * 1000) / 10;
      const share = settings.percentCanRetry;
      const ledger: { readonly slice: number; readonly retries: number }[] = [];
      for (const e of events) {
        if (e.kind === 'time') {
          clock.advance(e.ms);
          continue;
        }
        const now = Math.floor(clock.now() / slice);
        if (e.kind === 'request') {
          budget.deposit(clock.now());
          ledger.push({ slice: now, retries: share });
          continue;
        }
        const counted = ledger.filter((l) => l.slice > now - 10).reduce((sum, l) => sum + l.retries, 0);
        const allowed = settings.minRetriesPerSec * settings.ttlSecs + counted > 1 - 1e-9;
        assert.equal(budget.withdraw(), allowed);
        if (allowed) ledger.push({ slice: now, retries: -1 });
      }
    }),
  );
});

test('linkerd1: retries budget and backoff: an impossible budget is told from a possible one', () => {
  const problem = (config: Partial<BudgetConfig>) => budgetProblem({ ...defaultBudget, ...config })?.text;
  assert.equal(problem({ percentCanRetry: 5, minRetriesPerSec: 0, ttlSecs: 60 }), undefined);
  for (const ttlSecs of [0, 61, -1]) assert.match(problem({ ttlSecs }) ?? '', /TTL must be between/);
  assert.match(problem({ minRetriesPerSec: -1 }) ?? '', /minRetriesPerSec/);
  assert.match(problem({ percentCanRetry: -0.1 }) ?? '', /percentCanRetry/);
});
