// Hot: `begin` and `end` run for every attempt.
import type { Address } from '../../core/naming/name.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Transport } from './transport.ts';

/** What a balancer compares. Implementations: least loaded, peak EWMA. */
export interface Load {
  begin(now: number): void;
  end(now: number, tookMs: number): void;
  /** Lower is better. Reads only; called twice a request. */
  cost(now: number): number;
}

/** Decides from the outcomes of one endpoint when it is to be left alone. Implementations: sidecar/accrual. */
export interface AccrualPolicy {
  succeeded(now: number): void;
  /** Milliseconds to leave the endpoint alone for; undefined while there is no reason to. */
  failed(now: number): number | undefined;
  /** The endpoint answers again: its past is forgotten. */
  revived(): void;
}

/** What failure accrual of one client counts; a probe that fails is no second removal (Linkerd §5.3). */
export interface AccrualStats {
  readonly removals: Counter;
  readonly revivals: Counter;
  readonly probes: Counter;
  readonly removedForMs: Counter;
}

/** How an attempt speaks of its endpoint; `neither`: it ended for reasons of its own. */
export type Verdict = 'success' | 'failure' | 'neither';

/**
 * One replica: its connections, its load and its health.
 *
 * Health is one of: alive; dead, to be left alone until a time; probed: that time is over and one exchange, no more, was
 * sent to see. `restsUntil` says it all: 0, the time, infinity.
 */
export class Endpoint {
  readonly address: Address;
  readonly transport: Transport;
  readonly load: Load;
  /** Not to be chosen before this reading of the clock. */
  restsUntil = 0;
  /** It refused a connection and is being reconnected in the background (fail fast). */
  down = false;
  /** It has left the cluster, and is kept while it works. */
  onProbation = false;
  readonly #policy: AccrualPolicy | undefined;
  readonly #stats: AccrualStats;

  constructor(
    address: Address,
    parts: {
      readonly transport: Transport;
      readonly load: Load;
      readonly policy: AccrualPolicy | undefined;
      readonly stats: AccrualStats;
    },
  ) {
    this.address = address;
    this.transport = parts.transport;
    this.load = parts.load;
    this.#policy = parts.policy;
    this.#stats = parts.stats;
  }

  /** Whether a balancer should choose it. */
  open(now: number): boolean {
    return this.restsUntil <= now && !this.down;
  }

  /** An exchange is about to be sent to it: the probe, where it has been dead long enough. */
  begin(now: number): void {
    this.load.begin(now);
    if (this.restsUntil !== 0 && this.restsUntil <= now) {
      this.restsUntil = Number.POSITIVE_INFINITY;
      this.#stats.probes.value += 1;
    }
  }

  /** The head of an answer is in, which may be long before its end: a good one is all a probe is for. */
  answered(good: boolean): void {
    if (good && this.restsUntil === Number.POSITIVE_INFINITY) this.#revive();
  }

  end(now: number, tookMs: number, verdict: Verdict): void {
    this.load.end(now, tookMs);
    const policy = this.#policy;
    if (policy === undefined) return;
    const probed = this.restsUntil === Number.POSITIVE_INFINITY;
    if (verdict === 'success') {
      policy.succeeded(now);
      if (probed) this.#revive();
    } else if (verdict === 'neither') {
      if (probed) this.restsUntil = now;
    } else if (probed || this.restsUntil === 0) this.#failed(policy, now, probed);
  }

  #failed(policy: AccrualPolicy, now: number, probed: boolean): void {
    const wait = policy.failed(now);
    if (wait === undefined) {
      if (probed) this.restsUntil = now; // bad, but not bad enough: another probe
      return;
    }
    if (!probed) this.#stats.removals.add();
    this.#stats.removedForMs.add(Math.round(wait));
    this.restsUntil = Math.max(now + wait, Number.MIN_VALUE);
  }

  #revive(): void {
    this.restsUntil = 0;
    this.#policy?.revived();
    this.#stats.revivals.add();
  }
}
