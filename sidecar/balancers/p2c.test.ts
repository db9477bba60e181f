import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { address, weightedAddress } from '#core/naming/name.ts';
import type { Endpoint, Load } from '../router/balancer.ts';
import { LeastLoaded } from './least-loaded.ts';
import { p2c } from './p2c.ts';
import { PeakEwma } from './peak-ewma.ts';

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

interface Spec {
  readonly weight?: number;
  readonly cost?: number;
  readonly restsUntil?: number;
  readonly load?: Load;
}

function endpoint({ weight, cost = 0, restsUntil = 0, load }: Spec): Endpoint {
  const fixed: Load = { begin() {}, end() {}, cost: () => cost };
  return {
    address: weight === undefined ? address('10.0.0.1', 80) : weightedAddress('10.0.0.1', 80, weight),
    transport: { send() {}, close() {} },
    load: load ?? fixed,
    restsUntil,
  };
}

/** The share of `draws` that each endpoint gets. */
function portions(endpoints: readonly Endpoint[], draws = 20_000): readonly number[] {
  const choose = p2c(seeded(42));
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

  test('share by weight where weights differ', () => {
    near(portions([endpoint({ weight: 1 }), endpoint({ weight: 3 })]), [0.25, 0.75]);
    near(portions([endpoint({ weight: 1 }), endpoint({ weight: 1 }), endpoint({ weight: 2 })]), [0.25, 0.25, 0.5]);
  });

  test('draw both by weight, and take the one with less load', () => {
    // The chance of a pair with the first in it: 0.1 + 0.1 * (0.1 + 0.1 / 2) + 0.8 * (0.1 + 0.8 / 2).
    const endpoints = [1, 1, 8].map((weight, cost) => endpoint({ weight, cost }));
    near(portions(endpoints), [0.515, 0.485, 0]);
  });

  test('never take an endpoint without weight beside others, unless the others rest', () => {
    assert.equal(portions([endpoint({ weight: 0 }), endpoint({ weight: 1 }), endpoint({ weight: 1 })])[0], 0);
    assert.equal(portions([endpoint({ weight: 0 }), endpoint({ weight: 1, restsUntil: 9 })])[0], 1);
  });

  test('between two that rest take one all the same', () => {
    near(portions([endpoint({ restsUntil: 9 }), endpoint({ restsUntil: 9 })]), [0.5, 0.5]);
  });

  test('take an endpoint again once it has rested', () => {
    const endpoints = [endpoint({ restsUntil: 100, cost: 0 }), endpoint({ cost: 1 })];
    const choose = p2c(seeded(1));
    assert.equal(choose(endpoints, 99), endpoints[1]);
    assert.equal(choose(endpoints, 100), endpoints[0]);
  });
});

test('an endpoint that rests is never taken while another does not', () => {
  const spec = fc.record({
    rests: fc.boolean(),
    cost: fc.nat({ max: 3 }),
    weight: fc.constantFrom(0, 0.5, 1, 1, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(spec, { minLength: 2, maxLength: 30 }), fc.integer(), (specs, seed) => {
      fc.pre(specs.some(({ rests }) => !rests));
      const endpoints = specs.map(({ rests, cost, weight }) => endpoint({ weight, cost, restsUntil: rests ? 9 : 0 }));
      const choose = p2c(seeded(seed));
      for (let i = 0; i < 20; i++) assert.equal(choose(endpoints, 0).restsUntil, 0);
    }),
  );
});

/** Requests of 10 ms at `slow` and 1 ms elsewhere, ten under way at a time; gives how many each endpoint served. */
function simulate(loads: readonly Load[], slow: number): readonly number[] {
  const endpoints = loads.map((load) => endpoint({ load }));
  const choose = p2c(seeded(7));
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
