import { address, weightedAddress } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { type AccrualPolicy, type AccrualStats, Endpoint, type Load } from '#sidecar/router/endpoint.ts';

export function accrualCounters(): AccrualStats {
  return { removals: new Counter(), revivals: new Counter(), probes: new Counter(), removedForMs: new Counter() };
}

/** An endpoint that goes nowhere; its load is `cost`, unless a load is given. */
export function someEndpoint({
  weight,
  cost = 0,
  restsUntil = 0,
  load,
  policy,
  stats = accrualCounters(),
}: {
  readonly weight?: number;
  readonly cost?: number;
  readonly restsUntil?: number;
  readonly load?: Load;
  readonly policy?: AccrualPolicy;
  readonly stats?: AccrualStats;
} = {}): Endpoint {
  const made = new Endpoint(weight === undefined ? address('10.0.0.1', 80) : weightedAddress('10.0.0.1', 80, weight), {
    transport: { send() {}, close() {} },
    load: load ?? { begin() {}, end() {}, cost: () => cost },
    policy,
    stats,
  });
  made.restsUntil = restsUntil;
  return made;
}
