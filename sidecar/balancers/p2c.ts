// Hot.
import type { Chooser, Endpoint } from '../router/balancer.ts';

/**
 * Power of two choices: two different endpoints at random, the one with less load; one that rests loses to one that
 * does not. Up to `maxEffort` pairs are drawn until one is healthy, then the first healthy one from a random place on is
 * taken; where all rest, one of them all the same (fail open).
 *
 * Endpoints are drawn by weight where weights differ.
 */
export function p2c(random: () => number, maxEffort = 5): Chooser {
  return (endpoints, now) => {
    const n = endpoints.length;
    const even = evenWeights(endpoints);
    let chosen = endpoints[0] as Endpoint;
    for (let effort = 0; effort < maxEffort; effort++) {
      const i = even ? Math.floor(random() * n) : weighted(endpoints, random());
      let j = Math.floor(random() * (n - 1));
      if (j >= i) j += 1;
      const a = endpoints[i] as Endpoint;
      const b = endpoints[even ? j : otherThan(i, weighted(endpoints, random()), j)] as Endpoint;
      chosen = better(a, b, now);
      if (chosen.restsUntil <= now) return chosen;
    }
    return healthy(endpoints, Math.floor(random() * n), now) ?? chosen;
  };
}

function healthy(endpoints: readonly Endpoint[], from: number, now: number): Endpoint | undefined {
  for (let i = 0; i < endpoints.length; i++) {
    const endpoint = endpoints[(from + i) % endpoints.length] as Endpoint;
    if (endpoint.restsUntil <= now) return endpoint;
  }
  return undefined;
}

function better(a: Endpoint, b: Endpoint, now: number): Endpoint {
  const aRests = a.restsUntil > now;
  if (aRests !== b.restsUntil > now) return aRests ? b : a;
  return a.load.cost(now) <= b.load.cost(now) ? a : b;
}

const otherThan = (i: number, drawn: number, fallback: number): number => (drawn === i ? fallback : drawn);

function evenWeights(endpoints: readonly Endpoint[]): boolean {
  const first = (endpoints[0] as Endpoint).address.weight;
  for (let i = 1; i < endpoints.length; i++) if ((endpoints[i] as Endpoint).address.weight !== first) return false;
  return true;
}

function weighted(endpoints: readonly Endpoint[], roll: number): number {
  let total = 0;
  for (const endpoint of endpoints) total += Math.max(0, endpoint.address.weight);
  let left = roll * total;
  for (let i = 0; i < endpoints.length; i++) {
    left -= Math.max(0, (endpoints[i] as Endpoint).address.weight);
    if (left < 0) return i;
  }
  return Math.floor(roll * endpoints.length);
}
