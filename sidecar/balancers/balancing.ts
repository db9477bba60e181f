import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Load } from '../router/endpoint.ts';
import type { Chooser } from '../router/weight-classes.ts';

/** What a balancer is made with. */
export interface BalancingParts {
  /** A number in [0, 1). */
  readonly random: () => number;
  /** `max_effort_exhausted` */
  readonly exhausted: Counter;
}

/** How a client spreads its exchanges: what it compares, and how it chooses. */
export interface Balancing {
  /** As the gauge `loadbalancer/algorithm/<name>` names it. */
  readonly algorithm: string;
  /** Endpoints that left the cluster are kept while they work. */
  readonly enableProbation: boolean;
  load(): Load;
  /** One for each class of equal weights. */
  chooser(): Chooser;
}
