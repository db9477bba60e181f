import type { Clock } from '#core/clock.ts';
import type { Closable } from '#core/closable.ts';
import type { Bound } from '#core/naming/name.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import type { RouterConfig } from './config.ts';
import type { SharedOut } from './router/binding.ts';
import { type Client, Clients } from './router/clients.ts';
import { IdleCache } from './router/idle-cache.ts';
import { type Lendable, LendingCache } from './router/lending-cache.ts';
import type { PathService } from './router/router.ts';
import type { Service } from './router/service.ts';

/** A bound name, residual and all: what stands before its client. */
export interface BoundService extends Lendable {
  readonly service: Service;
}

/** A tree laid out for one name. */
export interface SharedTree extends SharedOut, Lendable {}

/**
 * The four caches between a name and its connections (`bindingCache`): paths hold trees, trees hold bound names, and
 * bound names hold clients. Each is limited, and each forgets what has not been used for `idleTtlSecs`.
 */
export class BindingCaches implements Closable {
  readonly paths: IdleCache<PathService>;
  readonly trees: LendingCache<SharedTree>;
  readonly bounds: LendingCache<BoundService>;
  readonly clients: Clients;

  constructor(
    { paths, trees, bounds, clients, idleTtlSecs }: RouterConfig['bindingCache'],
    makeClient: (bound: Bound) => Client,
    { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
  ) {
    const limits = (size: number) => ({ size, idleMs: idleTtlSecs * 1000 });
    this.paths = new IdleCache(limits(paths), clock, metrics.scope('path'));
    this.trees = new LendingCache(limits(trees), clock, metrics.scope('tree'));
    this.bounds = new LendingCache(limits(bounds), clock, metrics.scope('bound'));
    this.clients = new Clients(makeClient, new LendingCache(limits(clients), clock, metrics.scope('client')));
  }

  /** Outermost first: what one gives back, the next may close. */
  close(): void {
    for (const cache of [this.paths, this.trees, this.bounds, this.clients]) cache.close();
  }
}
