// Hot: one deposit a request.
import type { Clock } from '../../core/clock.ts';

export interface BudgetConfig {
  /** Retries a second that are always allowed. */
  readonly minRetriesPerSec: number;
  /** Share of requests that may be retried besides; 0.2 is a fifth, more than 1 is allowed. */
  readonly percentCanRetry: number;
  /** How long a deposit counts, 1 to 60 seconds. */
  readonly ttlSecs: number;
}

export const defaultBudget: BudgetConfig = { minRetriesPerSec: 10, percentCanRetry: 0.2, ttlSecs: 10 };

/** What makes a budget impossible, or undefined. Linkerd takes such a one at first, and then fails every request. */
export function budgetProblem({
  minRetriesPerSec,
  percentCanRetry,
  ttlSecs,
}: BudgetConfig): { readonly key: keyof BudgetConfig; readonly text: string } | undefined {
  const problem = (key: keyof BudgetConfig, text: string) => ({ key, text: `requirement failed: ${text}` });
  if (ttlSecs < 1 || ttlSecs > 60)
    return problem('ttlSecs', `TTL must be between 1 second and 60 seconds: ${ttlSecs}.seconds`);
  if (minRetriesPerSec < 0)
    return problem('minRetriesPerSec', `minRetriesPerSec must be non-negative: ${minRetriesPerSec}`);
  if (percentCanRetry < 0)
    return problem('percentCanRetry', `percentCanRetry must be non-negative: ${percentCanRetry}`);
  return undefined;
}

const SLICES = 10;

/**
 * How many retries there may be: Finagle's retry budget (Linkerd §5.6). A leaky token bucket: every request deposits,
 * every retry withdraws, deposits expire after `ttlSecs`, and a reserve of `minRetriesPerSec * ttlSecs` retries stands.
 *
 * Deposits are kept in ten slices of the time to live, so that expiry costs nothing per request.
 */
export class Budget {
  readonly #clock: Clock;
  readonly #deposit: number;
  readonly #withdrawal: number;
  readonly #reserve: number;
  readonly #sliceMs: number;
  readonly #slices = new Float64Array(SLICES);
  /** Start of the present slice in units of #sliceMs, and the sum over all slices. */
  #slice: number;
  #sum = 0;

  constructor(config: BudgetConfig, clock: Clock) {
    this.#clock = clock;
    this.#deposit = config.percentCanRetry === 0 ? 0 : 1000;
    // In whole units, as in Finagle, so that sums stay exact.
    this.#withdrawal = config.percentCanRetry === 0 ? 1 : Math.max(1, Math.floor(1000 / config.percentCanRetry));
    this.#reserve = config.minRetriesPerSec * config.ttlSecs * this.#withdrawal;
    this.#sliceMs = (config.ttlSecs * 1000) / SLICES;
    this.#slice = Math.floor(clock.now() / this.#sliceMs);
  }

  deposit(now: number): void {
    this.#expire(now);
    this.#add(this.#deposit);
  }

  /** Takes one retry if the budget has it. */
  withdraw(): boolean {
    this.#expire(this.#clock.now());
    if (this.#sum + this.#reserve < this.#withdrawal) return false;
    this.#add(-this.#withdrawal);
    return true;
  }

  /** Whole retries left. */
  get balance(): number {
    this.#expire(this.#clock.now());
    return Math.max(0, Math.floor((this.#sum + this.#reserve) / this.#withdrawal));
  }

  #add(units: number): void {
    const at = this.#slice % SLICES;
    this.#slices[at] = (this.#slices[at] as number) + units;
    this.#sum += units;
  }

  #expire(now: number): void {
    const slice = Math.floor(now / this.#sliceMs);
    if (slice <= this.#slice) return; // `now` may be the start of a request whose body took a while
    for (let n = Math.min(slice - this.#slice, SLICES); n > 0; n--) {
      this.#slice += 1;
      const at = this.#slice % SLICES;
      this.#sum -= this.#slices[at] as number;
      this.#slices[at] = 0;
    }
    this.#slice = slice;
  }
}
