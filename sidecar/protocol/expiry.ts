import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';

/** How long a connection may last; both for ever where not given. */
export interface SessionTimes {
  /** Without a request under way. */
  readonly idleMs?: number | undefined;
  /** From its beginning, then to the end of what is under way. */
  readonly lifeMs?: number | undefined;
  /** Connections closed for the one and the other reason. */
  readonly idle: Counter;
  readonly lifetime: Counter;
}

/** What of a connection shows whether it is used. */
export interface Used {
  /** No request is under way. */
  readonly idle: boolean;
  /** Requests begun so far: another number than before says that it was used meanwhile. */
  readonly begun: number;
  /** Takes nothing new, and closes when what is under way has ended. */
  drain(): void;
}

interface Age {
  readonly openedAt: number;
  idleSince: number;
  begun: number;
}

/** Milliseconds between two looks at the connections, at most and at least. */
const SELDOM = 1000;
const OFTEN = 10;

/**
 * Closes connections that have been idle for too long or have lived long enough. It looks at all of them every now and
 * then, so that a request costs nothing: one closes up to an eighth of its time late, a second at most.
 */
export class Expiry implements Closable {
  readonly #times: SessionTimes;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #ages = new Map<Used, Age>();
  #timer: Closable = nothingToClose;
  #watching = false;

  constructor(times: SessionTimes, clock: Clock) {
    this.#times = times;
    this.#clock = clock;
    const shortest = Math.min(times.idleMs ?? Number.POSITIVE_INFINITY, times.lifeMs ?? Number.POSITIVE_INFINITY);
    this.#everyMs = Math.min(SELDOM, Math.max(OFTEN, Math.floor(shortest / 8)));
  }

  add(connection: Used): void {
    const now = this.#clock.now();
    this.#ages.set(connection, { openedAt: now, idleSince: now, begun: 0 });
    if (!this.#watching) this.#watch();
  }

  forget(connection: Used): void {
    this.#ages.delete(connection);
  }

  close(): void {
    this.#ages.clear();
    this.#timer.close();
    this.#watching = false;
  }

  #watch(): void {
    this.#watching = true;
    this.#timer = this.#clock.after(this.#everyMs, () => {
      this.#look();
      if (this.#ages.size > 0) this.#watch();
      else this.#watching = false;
    });
  }

  #look(): void {
    const now = this.#clock.now();
    const { idleMs = Number.POSITIVE_INFINITY, lifeMs = Number.POSITIVE_INFINITY, idle, lifetime } = this.#times;
    for (const [connection, age] of [...this.#ages]) {
      if (!connection.idle || connection.begun !== age.begun) {
        age.begun = connection.begun;
        age.idleSince = now;
      }
      const over = now - age.openedAt >= lifeMs ? lifetime : now - age.idleSince >= idleMs ? idle : undefined;
      if (over === undefined) continue;
      over.add();
      this.#ages.delete(connection);
      connection.drain();
    }
  }
}
