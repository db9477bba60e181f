// Hot: four of these a request.
import type { Counter, Metrics, Stat } from '../../core/telemetry/metrics.ts';
import { type FailureKind, failures, unacquired } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';

/** Finagle's name for "answered, but the classifier calls it a failure". */
const CLASSIFIED = 'com.twitter.finagle.service.ResponseClassificationSyntheticException';

/** What is under way in a scope, whoever counts there: the overrides of one name do together. */
const underWay = new WeakMap<Metrics, { pending: number }>();

/**
 * Counts exchanges of one scope: `requests`, `success`, `failures` (and below it why), `pending`, `request_latency_ms`,
 * each when the exchange ends. success + failures = requests, always.
 */
export class RequestStats {
  readonly #metrics: Metrics;
  readonly #requests: Counter;
  readonly #success: Counter;
  readonly #failures: Counter;
  readonly #latency: Stat;
  readonly #names: (kind: FailureKind) => string;
  readonly #scope: { pending: number };
  #pending = 0;

  constructor(metrics: Metrics, names: (kind: FailureKind) => string = (kind) => failures[kind].metric) {
    this.#metrics = metrics;
    this.#names = names;
    this.#requests = metrics.counter('requests');
    this.#success = metrics.counter('success');
    this.#failures = metrics.counter('failures');
    this.#latency = metrics.stat('request_latency_ms');
    const scope = underWay.get(metrics) ?? { pending: 0 };
    underWay.set(metrics, scope);
    this.#scope = scope;
    metrics.gauge(['pending'], () => scope.pending);
  }

  /** Under way by this one's count. */
  get pending(): number {
    return this.#pending;
  }

  begin(): void {
    this.#pending += 1;
    this.#scope.pending += 1;
  }

  /** Without a trace: the exchange never got as far as this scope counts. */
  skip(): void {
    this.#pending -= 1;
    this.#scope.pending -= 1;
  }

  end(x: Exchange, since: number): void {
    this.#pending -= 1;
    this.#scope.pending -= 1;
    this.#requests.value += 1;
    this.#latency.add(x.respondedAt - since);
    if (x.outcome === 'success') {
      this.#success.value += 1;
      return;
    }
    this.#failures.value += 1;
    this.#metrics
      .counter(
        'failures',
        ...(x.error === undefined || x.committed ? CLASSIFIED : this.#names(x.error.kind)).split('/'),
      )
      .add();
  }
}

/** The stats of one logical name: one exchange is one request, however often it is tried. */
export function serviceStats(stats: RequestStats): Filter {
  return { role: 'stats', request: () => stats.begin(), end: (x) => stats.end(x, x.startedAt) };
}

/** The stats of one client, and of each name it serves: one attempt is one request. Failed connections are none. */
export function clientStats(stats: RequestStats): Filter {
  return {
    role: 'stats',
    request(x) {
      stats.begin();
      x.share?.stats.begin();
    },
    end(x) {
      if (unacquired(x.error?.kind)) {
        stats.skip();
        x.share?.stats.skip();
      } else {
        stats.end(x, x.attemptAt);
        x.share?.stats.end(x, x.attemptAt);
      }
    },
  };
}

/** As a client sees it, a time-out of the whole request is just one of waiting. */
export function clientFailureName(kind: FailureKind): string {
  return kind === 'totalTimeout' ? 'com.twitter.util.TimeoutException' : failures[kind].metric;
}

/** The stats of one server. What it sends is always an answer: a failure is one by its status. */
export function serverStats(stats: RequestStats): Filter {
  return {
    role: 'stats',
    request: () => stats.begin(),
    end(x) {
      const kind = x.error?.kind;
      if (kind === 'badDtab') return stats.skip(); // refused before it counts as a request
      if (kind !== undefined && failures[kind].http < 500 && kind !== 'abandoned') x.outcome = 'success';
      stats.end(x, x.startedAt);
    },
  };
}
