import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Counter } from '#core/telemetry/metrics.ts';
import { someEndpoint } from '#test/helpers/endpoints.ts';
import { seeded } from '#test/helpers/seeded.ts';
import type { Endpoint, Load } from '../router/endpoint.ts';
import { withEffort } from './effort.ts';
import { LeastLoaded } from './least-loaded.ts';
import { twoChoices } from './p2c.ts';
import { PeakEwma } from './peak-ewma.ts';

const endpoint = someEndpoint;

const choosing = (seed: number) => {
  const random = seeded(seed);
  return withEffort(twoChoices(random), 5, random, new Counter());
};

/** The share of `draws` that each endpoint gets. */
function portions(endpoints: readonly Endpoint[], draws = 20_000): readonly number[] {
  const choose = choosing(42);
  const counts = endpoints.map(() => 0);
  for (let i = 0; i < draws; i++) {
    const at = endpoints.indexOf(choose(endpoints, 0));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

function near(actual: readonly number[], expected: readonly number[]): void {
  const off = actual.map((portion, i) => Math.abs(portion - (expected[i] ?? 0)));
  assert.ok(Math.max(...off) < 0.02, `${actual}, not ${expected}`);
}

describe('two choices', () => {
  test('of two endpoints take the one with less load, always', () => {
    assert.deepEqual(portions([endpoint({ cost: 2 }), endpoint({ cost: 1 })]), [0, 1]);
  });

  test('share evenly where loads are even', () => {
    near(portions([endpoint({}), endpoint({}), endpoint({}), endpoint({})]), [0.25, 0.25, 0.25, 0.25]);
  });

  test('never take the endpoint with the highest load', () => {
    const endpoints = [1, 2, 3, 9].map((cost) => endpoint({ cost }));
    assert.equal(portions(endpoints)[3], 0);
  });

  test('between two that rest take one all the same', () => {
    near(portions([endpoint({ restsUntil: 9 }), endpoint({ restsUntil: 9 })]), [0.5, 0.5]);
  });

  test('take an endpoint again once it has rested', () => {
    const endpoints = [endpoint({ restsUntil: 100, cost: 0 }), endpoint({ cost: 1 })];
    const choose = choosing(1);
    assert.equal(choose(endpoints, 99), endpoints[1]);
    assert.equal(choose(endpoints, 100), endpoints[0]);
  });
});

test('linkerd1: p2c, ewma, aperture, heap, roundRobin: p2c takes an open endpoint whatever the load of one that rests', () => {
  const busy = endpoint({ cost: 9 });
  const choose = choosing(3);
  for (let i = 0; i < 50; i++) assert.equal(choose([busy, endpoint({ restsUntil: 9 })], 0), busy);
});

test('an endpoint that rests is never taken while another does not', () => {
  const spec = fc.record({
    rests: fc.boolean(),
    cost: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(spec, { minLength: 2, maxLength: 30 }), fc.integer(), (specs, seed) => {
      fc.pre(specs.some(({ rests }) => !rests));
      const endpoints = specs.map(({ rests, cost }) => endpoint({ cost, restsUntil: rests ? 9 : 0 }));
      const choose = choosing(seed);
      for (let i = 0; i < 20; i++) assert.equal(choose(endpoints, 0).restsUntil, 0);
    }),
  );
});

/** Requests of 10 ms at `slow` and 1 ms elsewhere, ten under way at a time; gives how many each endpoint served. */
function simulate(loads: readonly Load[], slow: number): readonly number[] {
  const endpoints = loads.map((load) => endpoint({ load }));
  const choose = choosing(7);
  const served = loads.map(() => 0);
  const underWay: { at: number; readonly start: number; readonly i: number }[] = [];
  let now = 0;
  for (let n = 0; n < 5000; n++) {
    if (underWay.length === 10) {
      underWay.sort((a, b) => a.at - b.at);
      const done = underWay.shift();
      if (done !== undefined) {
        now = done.at;
        loads[done.i]?.end(now, now - done.start);
      }
    }
    const i = endpoints.indexOf(choose(endpoints, now));
    served[i] = (served[i] ?? 0) + 1;
    loads[i]?.begin(now);
    underWay.push({ at: now + (i === slow ? 10 : 1), start: now, i });
  }
  return served;
}

describe('of four endpoints one ten times slower than the others', () => {
  test('gets fewer requests by least load', () => {
    const [a = 0, b = 0, c = 0, slow = 0] = simulate(
      [1, 2, 3, 4].map(() => new LeastLoaded()),
      3,
    );
    assert.ok(slow < Math.min(a, b, c) / 2, `${slow} beside ${a}, ${b}, ${c}`);
  });

  test('gets hardly any by peak EWMA', () => {
    const [a = 0, b = 0, c = 0, slow = 0] = simulate(
      [1, 2, 3, 4].map(() => new PeakEwma(10_000)),
      3,
    );
    assert.ok(slow < Math.min(a, b, c) / 10, `${slow} beside ${a}, ${b}, ${c}`);
  });
});
