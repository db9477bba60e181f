// Hot.
import type { Counter, Metrics, Stat } from '../../core/telemetry/metrics.ts';
import { failures, unacquired } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';

/** Counts `status/<code>`, `status/<n>XX`, `status/error` and times `time/<n>XX`, `time/error`. */
class StatusStats {
  readonly #metrics: Metrics;
  readonly #classes: readonly Counter[];
  readonly #times: readonly Stat[];
  readonly #codes: (Counter | undefined)[] = [];
  readonly #errors: Counter;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#classes = [1, 2, 3, 4, 5].map((n) => metrics.counter('status', `${n}XX`));
    this.#times = [1, 2, 3, 4, 5].map((n) => metrics.stat('time', `${n}XX`));
    this.#errors = metrics.counter('status', 'error');
  }

  answered(status: number, tookMs: number): void {
    const code = this.#codes[status];
    if (code !== undefined) code.value += 1;
    else {
      const made = this.#metrics.counter('status', String(status));
      this.#codes[status] = made;
      made.value += 1;
    }
    const family = this.#classes[((status / 100) | 0) - 1];
    if (family !== undefined) family.value += 1;
    this.#times[((status / 100) | 0) - 1]?.add(tookMs);
  }

  failed(tookMs: number): void {
    this.#errors.value += 1;
    this.#metrics.stat('time', 'error').add(tookMs);
  }
}

/** What a server answered, the router's own errors with it. */
export function serverStatus(metrics: Metrics): Filter {
  const stats = new StatusStats(metrics);
  return {
    role: 'status',
    end(x) {
      if (x.error?.kind === 'badDtab') return;
      stats.answered(answered(x), x.respondedAt - x.startedAt);
    },
  };
}

/** The status the caller got; where it was gone before, 502 as in Linkerd. */
function answered(x: Exchange): number {
  if (x.error === undefined || x.committed) return x.status;
  return x.error.kind === 'abandoned' ? 502 : failures[x.error.kind].http;
}

/** What the endpoints of a client answered. */
export function clientStatus(metrics: Metrics): Filter {
  const stats = new StatusStats(metrics);
  return {
    role: 'status',
    end(x) {
      const took = x.respondedAt - x.attemptAt;
      if (x.error === undefined || x.committed) stats.answered(x.status, took);
      else if (x.endpoint !== undefined && !unacquired(x.error.kind)) stats.failed(took);
    },
  };
}
