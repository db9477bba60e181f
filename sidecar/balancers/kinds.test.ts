import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Counter } from '#core/telemetry/metrics.ts';
import { someEndpoint } from '#test/helpers/endpoints.ts';
import { seeded } from '#test/helpers/seeded.ts';
import type { Endpoint } from '../router/endpoint.ts';
import { Aperture, aperture } from './aperture.ts';
import type { Balancing } from './balancing.ts';
import { withEffort } from './effort.ts';
import { ewma } from './ewma.ts';
import { probation } from './fields.ts';
import { heap, leastOfAll } from './heap.ts';
import { balancerKinds } from './kinds.ts';
import { p2c } from './p2c.ts';
import { inTurn, roundRobin } from './round-robin.ts';

function balancing(config: object, seed = 1): Balancing & { readonly exhausted: Counter } {
  const exhausted = new Counter();
  const made = balancerKinds.make(balancerKinds.schema.parse(config), { random: seeded(seed), exhausted });
  return { ...made, exhausted };
}

const kinds = ['p2c', 'ewma', 'aperture', 'heap', 'roundRobin'] as const;
const some = (n: number): Endpoint[] => Array.from({ length: n }, () => someEndpoint());

/** Exchanges of one unit of time each, `parallel` of them under way at once; gives how many each endpoint had. */
function serve(kind: string, n: number, parallel: number, rounds = 3000): readonly number[] {
  const made = balancing({ kind, ...(kind === 'aperture' && { smoothWindowMs: 10 }) });
  const endpoints = Array.from({ length: n }, () => someEndpoint({ load: made.load() }));
  const chooser = made.chooser();
  const counts = endpoints.map(() => 0);
  const underWay: Endpoint[] = [];
  for (let now = 0; now < rounds; now++) {
    if (underWay.length === parallel) {
      underWay.shift()?.load.end(now, parallel);
      chooser.shift?.(-1, now);
    }
    const chosen = chooser.choose(endpoints, now);
    chosen.load.begin(now);
    chooser.shift?.(1, now);
    underWay.push(chosen);
    const at = endpoints.indexOf(chosen);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / rounds);
}

describe('linkerd1: p2c, ewma, aperture, heap, roundRobin', () => {
  test('are the kinds there are', () => {
    assert.deepEqual(balancerKinds.kinds, [p2c, ewma, aperture, heap, roundRobin]);
    assert.deepEqual(
      kinds.map((kind) => balancing({ kind }).algorithm),
      ['p2c_least_loaded', 'p2c_peak_ewma', 'aperture_least_loaded', 'heap_least_loaded', 'round_robin'],
    );
    assert.deepEqual(
      kinds.map((kind) => balancing({ kind, enableProbation: true }).enableProbation),
      [true, true, true, true, true],
    );
    assert.equal(probation.enableProbation.parse(undefined), false);
  });

  for (const kind of kinds) {
    test(`${kind} spreads evenly over endpoints that are alike, with many requests under way`, () => {
      const portions = serve(kind, 4, 16);
      for (const portion of portions) assert.ok(Math.abs(portion - 0.25) < 0.05, `${kind}: ${portions}`);
    });

    test(`${kind} takes an open endpoint where there is one, and any where there is none`, () => {
      fc.assert(
        fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 12 }), fc.integer(), (open, seed) => {
          const endpoints = open.map((well) => someEndpoint({ restsUntil: well ? 0 : 9 }));
          const chooser = balancing({ kind }, seed).chooser();
          for (let i = 0; i < 10; i++) {
            const chosen = chooser.choose(endpoints, 0);
            assert.ok(endpoints.includes(chosen));
            assert.equal(chosen.open(0), open.includes(true));
          }
        }),
      );
    });
  }

  test('an effort that is exhausted is counted', () => {
    const exhausted = new Counter();
    const [dead, well] = [someEndpoint({ restsUntil: 1 }), someEndpoint()];
    const choose = withEffort(
      () => dead,
      3,
      () => 0,
      exhausted,
    );
    assert.equal(choose([dead, well], 0), well);
    assert.equal(choose([dead, dead], 0), dead);
    assert.equal(exhausted.value, 2);
  });
});

test('round robin gives each endpoint its turn', () => {
  const endpoints = some(5);
  const pick = inTurn(() => 0.5);
  const order = Array.from({ length: 10 }, () => endpoints.indexOf(pick(endpoints, 0)));
  assert.deepEqual(order, [2, 3, 4, 0, 1, 2, 3, 4, 0, 1]);
  assert.equal(endpoints.slice(0, 1).includes(pick(endpoints.slice(0, 1), 0)), true, 'of a smaller set');
});

test('the least of all is the one with the least load, wherever the search begins', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), fc.integer(), (costs, seed) => {
      const endpoints = costs.map((cost) => someEndpoint({ cost }));
      const least = leastOfAll(seeded(seed))(endpoints, 0);
      assert.equal(least.load.cost(0), Math.min(...costs));
    }),
  );
});

describe('an aperture', () => {
  const config = { smoothWindowMs: 100, lowLoad: 0.5, highLoad: 2, minAperture: 1 };

  test('uses one endpoint for one request at a time, and always the same', () => {
    const made = new Aperture(config, seeded(3));
    const endpoints = some(10);
    const used = new Set<Endpoint>();
    for (let now = 0; now < 1000; now += 10) {
      used.add(made.choose(endpoints, now));
      made.shift(1, now);
      made.shift(-1, now + 5);
    }
    assert.equal(used.size, 1);
  });

  test('widens under load, and narrows when it is over', () => {
    const made = new Aperture(config, seeded(3));
    const endpoints = some(10);
    made.choose(endpoints, 0);
    for (let i = 0; i < 40; i++) made.shift(1, i * 50);
    assert.equal(made.width, 10);
    for (let i = 0; i < 40; i++) made.shift(-1, 2000 + i * 50);
    for (let i = 0; i < 20; i++) made.shift(i % 2 === 0 ? 1 : -1, 4000 + i * 50);
    assert.equal(made.width, 1);
  });

  test('is never narrower than it may be, nor wider than there are endpoints', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 12 }), steps, (minAperture, n, moves) => {
        const made = new Aperture({ ...config, minAperture }, seeded(n));
        const endpoints = some(n);
        let now = 0;
        let underWay = 0;
        for (const [ms, more] of moves) {
          now += ms;
          if (!more && underWay === 0) continue;
          underWay += more ? 1 : -1;
          if (more) assert.ok(endpoints.includes(made.choose(endpoints, now)));
          made.shift(more ? 1 : -1, now);
          if (made.width > 0) assert.ok(made.width >= Math.min(minAperture, n) && made.width <= n);
        }
      }),
    );
  });

  test('puts those that are not open behind, when the set changes', () => {
    const made = new Aperture(config, seeded(3));
    const endpoints = some(5);
    const first = made.choose(endpoints, 0);
    first.restsUntil = 1000;
    assert.equal(made.choose(endpoints, 0), first, 'the same set');
    assert.notEqual(made.choose([...endpoints], 0), first);
    assert.equal(made.choose([...endpoints], 1000), first, 'its place is its own');
  });
});
