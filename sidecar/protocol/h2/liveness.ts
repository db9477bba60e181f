import type { Clock } from '../../../core/clock.ts';
import type { Closable } from '../../../core/closable.ts';

/** Milliseconds between two looks at a connection. */
export const LOOK_MS = 10_000;
/** And for callers, who may be slow at reading: the PING stands behind all that they have not read. */
export const CALLER_LOOK_MS = 150_000;
/** Looks between two PINGs in one silence: five minutes, which is as often as servers of gRPC take without complaint. */
const SELDOM = 30;

/** A connection to look after. */
export interface Watched {
  /** Bytes have come since this was last set to false. */
  heard: boolean;
  /** Someone waits for an answer. */
  readonly busy: boolean;
  ping(): void;
  /** The peer is gone without a word. */
  dead(): void;
}

/**
 * Finds out that a peer is gone where no FIN and no reset says so: a cable, a node, a firewall that forgot. A connection
 * from which nothing has come between two looks is sent a PING; if nothing has come by the next one either, it is dead.
 * So it takes half a minute at most, and a request nothing but the write of a field.
 */
export class Liveness implements Closable {
  readonly #watched: Watched;
  readonly #always: boolean;
  readonly #clock: Clock;
  readonly #lookMs: number;
  #timer: Closable;
  #pinged = false;
  /** Silent looks since the last PING, and before the next. */
  #silent = 0;
  #wait = 1;

  /** `always`: also while nobody waits for an answer, and as often as there is silence; for peers who are linkers. */
  constructor(watched: Watched, always: boolean, clock: Clock, lookMs: number = LOOK_MS) {
    this.#watched = watched;
    this.#always = always;
    this.#clock = clock;
    this.#lookMs = lookMs;
    this.#timer = clock.after(lookMs, () => this.#look());
  }

  close(): void {
    this.#timer.close();
  }

  #look(): void {
    const watched = this.#watched;
    if (this.#pinged && !watched.heard) {
      watched.dead();
      return;
    }
    if (watched.heard) {
      // Behind a PING that was answered, more silence is no news.
      this.#wait = this.#pinged && !this.#always ? SELDOM : 1;
      this.#silent = 0;
      this.#pinged = false;
      watched.heard = false;
    } else if (++this.#silent >= this.#wait && (this.#always || watched.busy)) {
      this.#silent = 0;
      this.#pinged = true;
      watched.ping();
    }
    this.#timer = this.#clock.after(this.#lookMs, () => this.#look());
  }
}
