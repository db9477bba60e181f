import type { Clock } from '../../core/clock.ts';
import type { Counter, Stat } from '../../core/telemetry/metrics.ts';
import type { Backoff } from './backoff.ts';
import type { Budget } from './budget.ts';
import type { Exchange } from './exchange.ts';
import type { Frame, Service } from './service.ts';

export interface RetryStats {
  readonly total: Counter;
  readonly budgetExhausted: Counter;
  readonly perRequest: Stat;
}

/** Sends an exchange whose outcome is `retryable` again while the budget lasts. One of the three stages that may wait. */
export class Retries implements Service, Frame {
  readonly #budget: Budget;
  readonly #backoff: Backoff;
  readonly #clock: Clock;
  readonly #stats: RetryStats;
  readonly #next: Service;

  constructor(budget: Budget, backoff: Backoff, clock: Clock, stats: RetryStats, next: Service) {
    this.#budget = budget;
    this.#backoff = backoff;
    this.#clock = clock;
    this.#stats = stats;
    this.#next = next;
  }

  send(x: Exchange): void {
    this.#budget.deposit(x.startedAt);
    x.enter(this);
    this.#next.send(x);
  }

  head(x: Exchange): boolean {
    if (x.outcome !== 'retryable' || !this.#allowed(x)) return true;
    x.again = true;
    return false;
  }

  end(x: Exchange): boolean {
    if (x.error?.kind === 'evicted' && !x.over) {
      // It has been nowhere, and its name is bound to something else: no attempt was made.
      x.error = undefined;
      x.outcome = 'success';
      x.enter(this);
      this.#next.send(x);
      return false;
    }
    const again = x.again || (x.error !== undefined && x.outcome === 'retryable' && this.#allowed(x));
    x.again = false;
    if (!again || x.over) {
      this.#stats.perRequest.add(x.retries);
      return true;
    }
    x.retries += 1;
    x.requeues = 0;
    x.error = undefined;
    x.response = undefined;
    x.trailers = '';
    x.outcome = 'success';
    this.#stats.total.add();
    x.enter(this);
    const wait = this.#backoff(x.retries);
    if (wait <= 0) this.#next.send(x);
    else {
      const timer = this.#clock.after(wait, () => {
        x.waiting = undefined;
        this.#next.send(x);
      });
      x.waiting = { cancel: () => timer.close() };
    }
    return false;
  }

  #allowed(x: Exchange): boolean {
    if (x.over || x.committed || !x.replayable) return false;
    if (this.#budget.withdraw()) return true;
    this.#stats.budgetExhausted.add();
    return false;
  }
}
