import type { Clock } from '#core/clock.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import type { PoolCounts } from './protocol/places.ts';
import type { Balancer, SetChanges } from './router/balancer.ts';
import type { Budget } from './router/budget.ts';
import type { AccrualStats } from './router/endpoint.ts';
import type { FailFast } from './router/fail-fast.ts';
import type { RequeueStats } from './router/requeues.ts';
import type { ConnectionCounts } from './router/transport.ts';
import type { WeightClasses } from './router/weight-classes.ts';

// The counters of one client, under the names that Linkerd gives them (§8.1), from the scope of the client.

/** What its connections count. */
export function connectionCounts(metrics: Metrics): ConnectionCounts {
  const counts: ConnectionCounts = {
    connects: metrics.counter('connects'),
    closes: metrics.counter('closes'),
    open: 0,
    encrypted: 0,
    cached: 0,
    received: 0,
    sent: 0,
  };
  metrics.gauge(['connections'], () => counts.open);
  metrics.gauge(['tls', 'connections'], () => counts.encrypted);
  metrics.gauge(['pool_cached'], () => counts.cached);
  metrics.gauge(['pool_size'], () => counts.open - counts.cached);
  metrics.gauge(['received_bytes'], () => counts.received);
  metrics.gauge(['sent_bytes'], () => counts.sent);
  return counts;
}

/** What waits for connections; all zero where their number is not limited. */
export function poolCounts(metrics: Metrics): PoolCounts {
  const counts: PoolCounts = {
    waiting: 0,
    waited: metrics.counter('pool_num_waited'),
    tooMany: metrics.counter('pool_num_too_many_waiters'),
  };
  metrics.gauge(['pool_waiters'], () => counts.waiting);
  return counts;
}

export function requeueStats(metrics: Metrics, budget: Budget): RequeueStats {
  const retries = metrics.scope('retries');
  retries.gauge(['budget'], () => budget.balance);
  return {
    requeues: retries.counter('requeues'),
    budgetExhausted: retries.counter('budget_exhausted'),
    requestLimit: retries.counter('request_limit'),
    cannotRetry: retries.counter('cannot_retry'),
    notOpen: retries.counter('not_open'),
    perRequest: retries.stat('requeues_per_request'),
  };
}

export function accrualStats(metrics: Metrics): AccrualStats {
  const accrual = metrics.scope('failure_accrual');
  return {
    removals: accrual.counter('removals'),
    revivals: accrual.counter('revivals'),
    probes: accrual.counter('probes'),
    removedForMs: accrual.counter('removed_for_ms'),
  };
}

export function setChanges(metrics: Metrics): SetChanges {
  const lb = metrics.scope('loadbalancer');
  return { updates: lb.counter('updates'), adds: lb.counter('adds'), removes: lb.counter('removes') };
}

/** What can be seen of a balancer at any moment. */
export function balancerGauges(
  metrics: Metrics,
  balancer: Balancer,
  { algorithm, classes, clock }: { readonly algorithm: string; readonly classes: WeightClasses; readonly clock: Clock },
): void {
  const lb = metrics.scope('loadbalancer');
  const open = (): number => balancer.endpoints.filter((e) => e.open(clock.now())).length;
  metrics.gauge(['available'], () => (open() > 0 ? 1 : 0));
  lb.gauge(['size'], () => balancer.endpoints.length);
  lb.gauge(['available'], open);
  lb.gauge(['busy'], () => balancer.endpoints.length - open());
  lb.gauge(['closed'], () => 0);
  lb.gauge(['num_weight_classes'], () => classes.size);
  lb.gauge(['meanweight'], () => mean(balancer.endpoints.map((e) => e.address.weight)));
  lb.gauge(['algorithm', algorithm], () => 1);
}

export function failFastGauges(metrics: Metrics, failFast: FailFast): void {
  const scope = metrics.scope('failfast');
  scope.gauge(['is_marked_dead'], () => (failFast.state.down > 0 ? 1 : 0));
  scope.gauge(['unhealthy_for_ms'], () => failFast.state.forMs);
  scope.gauge(['unhealthy_num_tries'], () => failFast.state.tries);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, n) => sum + n) / values.length;
}
