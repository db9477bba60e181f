import type { Clock } from './clock.ts';
import type { HostResolver } from './host.ts';
import type { Log } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Tracer } from './telemetry/tracer.ts';

/** All that a part of Heddle may use of the outside; `assemble.ts` makes the real one, tests make theirs. */
export interface World {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Takes the spans of requests; absent where nobody wants any. */
  readonly tracer?: Tracer | undefined;
  /** How host names become addresses; as every program of the machine resolves them if absent. */
  readonly resolve?: HostResolver;
}
