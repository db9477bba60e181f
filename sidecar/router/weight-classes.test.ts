import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { someEndpoint } from '#test/helpers/endpoints.ts';
import { seeded } from '#test/helpers/seeded.ts';
import { Counter } from '../../core/telemetry/metrics.ts';
import type { Endpoint } from './endpoint.ts';
import { type Chooser, WeightClasses } from './weight-classes.ts';

/** Takes any, an open one where there is one. */
const anyOpen = (random: () => number): Chooser => ({
  choose(endpoints, now) {
    const open = endpoints.filter((e) => e.open(now));
    const from = open.length > 0 ? open : endpoints;
    return from[Math.floor(random() * from.length)] as Endpoint;
  },
});

function bench(endpoints: readonly Endpoint[], seed = 5) {
  const random = seeded(seed);
  const busy = new Counter();
  const classes = new WeightClasses(() => anyOpen(random), random, busy);
  classes.update(endpoints);
  const portions = (draws = 20_000) => {
    const counts = new Map(endpoints.map((e) => [e, 0]));
    for (let i = 0; i < draws; i++) {
      const chosen = classes.choose(0);
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    return endpoints.map((e) => (counts.get(e) ?? 0) / draws);
  };
  return { busy, classes, portions };
}

test('linkerd1: endpoint weights: each endpoint gets its weight of the exchanges', () => {
  const weights = fc.array(fc.constantFrom(0.5, 1, 1, 2, 4), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(weights, fc.integer(), (all, seed) => {
      const { portions } = bench(
        all.map((weight) => someEndpoint({ weight })),
        seed,
      );
      const total = all.reduce((sum: number, w) => sum + w, 0);
      for (const [i, portion] of portions(5000).entries())
        assert.ok(Math.abs(portion - (all[i] as number) / total) < 0.06, `${portion} for ${all[i]} of ${total}`);
    }),
    { numRuns: 20 },
  );
});

test('an endpoint without weight gets nothing beside others, and no less than the others where none has any', () => {
  assert.deepEqual(bench([someEndpoint({ weight: 0 }), someEndpoint({ weight: 1 })]).portions(), [0, 1]);
  const [a = 0, b = 0] = bench([someEndpoint({ weight: 0 }), someEndpoint({ weight: -1 })]).portions();
  assert.ok(Math.abs(a - b) < 0.05);
});

test('where nothing of a class is open, another class is used, and that is counted', () => {
  const { busy, portions } = bench([
    someEndpoint({ weight: 9, restsUntil: 1 }),
    someEndpoint({ weight: 1 }),
    someEndpoint({ weight: 0 }),
  ]);
  assert.deepEqual(portions(), [0, 1, 0]);
  assert.ok(busy.value > 0);
});

test('where nothing is open at all, one is taken all the same', () => {
  const { busy, portions } = bench([
    someEndpoint({ weight: 9, restsUntil: 1 }),
    someEndpoint({ weight: 1, restsUntil: 1 }),
  ]);
  assert.ok((portions()[0] ?? 0) > 0.8);
  assert.equal(busy.value, 0);
});

test('a class hears of the exchanges of its endpoints, and keeps its chooser while it lasts', () => {
  const shifts: number[] = [];
  let made = 0;
  const classes = new WeightClasses(
    () => {
      const mine = made++;
      return { choose: ([e]) => e as Endpoint, shift: (by) => shifts.push(mine * 10 + by) };
    },
    () => 0,
    new Counter(),
  );
  const [light, heavy] = [someEndpoint({ weight: 1 }), someEndpoint({ weight: 2 })];
  classes.update([light, heavy]);
  assert.deepEqual([classes.size, classes.adapts], [2, true]);
  classes.shift(light, 1, 0);
  classes.shift(heavy, -1, 0);
  classes.update([heavy]);
  classes.shift(light, -1, 0);
  assert.deepEqual(shifts, [11, -1, -1]);
  assert.equal(made, 2);
});
