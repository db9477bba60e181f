// Hot.
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Endpoint } from '../router/endpoint.ts';

/** Takes one endpoint of at least two, as a balancer would if all were well. */
export type Pick = (endpoints: readonly Endpoint[], now: number) => Endpoint;

/**
 * Picks up to `maxEffort` times until an endpoint is open. Then that effort is exhausted: of those that are open, the
 * first from a random place on is taken, and where none is, whatever comes next all the same: it fails open.
 */
export function withEffort(pick: Pick, maxEffort: number, random: () => number, exhausted: Counter): Pick {
  return (endpoints, now) => {
    for (let effort = 0; effort < maxEffort; effort++) {
      const picked = pick(endpoints, now);
      if (picked.open(now)) return picked;
    }
    exhausted.value += 1;
    const n = endpoints.length;
    const from = Math.floor(random() * n);
    for (let i = 0; i < n; i++) {
      const endpoint = endpoints[(from + i) % n] as Endpoint;
      if (endpoint.open(now)) return endpoint;
    }
    return pick(endpoints, now);
  };
}
