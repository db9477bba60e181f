import type { Counter, Stat } from '../../core/telemetry/metrics.ts';
import type { Budget } from './budget.ts';
import { type FailureKind, unacquired } from './errors.ts';
import type { Exchange } from './exchange.ts';

export interface RequeueStats {
  readonly requeues: Counter;
  readonly budgetExhausted: Counter;
  readonly requestLimit: Counter;
  readonly cannotRetry: Counter;
  readonly notOpen: Counter;
  readonly perRequest: Stat;
}

/** Further connections tried for one attempt before it fails. */
const CONNECTIONS = 25;
/** Share of what the budget holds that one request may use up. */
const SHARE = 0.2;

/**
 * Whether a client sends an attempt again that provably did not reach the application (Linkerd §5.4): connections that
 * fail are tried again for nothing, exchanges that a peer gave back cost the budget; both only while an endpoint of the
 * client is open.
 */
export class Requeues {
  readonly #budget: Budget;
  readonly #stats: RequeueStats;

  constructor(budget: Budget, stats: RequeueStats) {
    this.#budget = budget;
    this.#stats = stats;
  }

  /** An attempt has failed: true where it goes again, which is counted. `open`: some endpoint is. */
  again(x: Exchange, kind: FailureKind, open: () => boolean): boolean {
    if (!(kind === 'connect' || kind === 'markedDown' || kind === 'nacked' || kind === 'stale')) return false;
    if (x.over || !this.#allowed(x, kind, open)) return false;
    x.requeues += 1;
    this.#stats.requeues.add();
    return true;
  }

  /** The client is done with an attempt. */
  done(x: Exchange): void {
    this.#stats.perRequest.add(x.requeues);
    if (x.error === undefined) this.#budget.deposit(x.respondedAt);
  }

  #allowed(x: Exchange, kind: FailureKind, open: () => boolean): boolean {
    const stats = this.#stats;
    if (unacquired(kind)) return refusing(open(), stats.notOpen) && x.requeues < CONNECTIONS;
    // A kept connection that broke under a request may have carried it to the application.
    if (!x.replayable || (kind === 'stale' && !idempotent(x.request.method))) return refusing(false, stats.cannotRetry);
    if (!open()) return refusing(false, stats.notOpen);
    if (x.requeues >= Math.ceil(SHARE * this.#budget.balance)) return refusing(false, stats.requestLimit);
    return refusing(this.#budget.withdraw(), stats.budgetExhausted);
  }
}

function refusing(allowed: boolean, counter: Counter): boolean {
  if (!allowed) counter.add();
  return allowed;
}

/** RFC 9110 §9.2.2. */
function idempotent(method: string): boolean {
  return /^(GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/.test(method);
}
