// Hot: four of these a request.
import type { Counter, Metrics, Stat } from '../../core/telemetry/metrics.ts';
import { failures, unacquired } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';
import { CLASSIFIED, type FailureName } from './failure-names.ts';

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
  readonly #name: FailureName;
  readonly #scope: { pending: number };
  #pending = 0;

  constructor(metrics: Metrics, name: FailureName) {
    this.#metrics = metrics;
    this.#name = name;
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
    this.#because(x.error === undefined || x.committed ? CLASSIFIED : this.#name(x.error));
  }

  /** Counts a reason, and each of the classes it belongs to: `restartable/<class>` counts as `restartable`, too. */
  #because(reason: string): void {
    let at = this.#metrics.scope('failures');
    for (const name of reason.split('/')) {
      at = at.scope(name);
      at.counter().add();
    }
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

/**
 * The stats of one server. For HTTP/1 what it sends is always an answer: a failure is one by its status. A stream of
 * HTTP/2 that asks for no name at all is reset.
 */
export function serverStats(stats: RequestStats, protocol: 'http' | 'h2' | 'tcp'): Filter {
  return {
    role: 'stats',
    request: () => stats.begin(),
    end(x) {
      const kind = x.error?.kind;
      if (kind === 'badDtab') return stats.skip(); // refused before it counts as a request
      const reset = kind === 'abandoned' || (kind === 'unidentified' && protocol !== 'http');
      if (kind !== undefined && failures[kind].http < 500 && !reset) x.outcome = 'success';
      stats.end(x, x.startedAt);
    },
  };
}
