import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import { turn } from './wire.ts';

/** Milliseconds a tunnel may carry nothing, where nothing else is configured. */
export const TUNNEL_IDLE_MS = 3_600_000;

/**
 * Notices when nothing has passed for `ms`. `touch` is a field write; the timer looks no more often than it could have
 * run out.
 */
export class IdleLimit implements Closable {
  readonly #ms: number;
  readonly #clock: Clock;
  readonly #idle: () => void;
  #touchedAt: number;
  #timer: Closable;

  constructor(ms: number, clock: Clock, idle: () => void) {
    this.#ms = ms;
    this.#clock = clock;
    this.#idle = idle;
    this.#touchedAt = clock.now();
    this.#timer = clock.after(ms, () => this.#look());
  }

  touch(): void {
    this.#touchedAt = this.#clock.now();
  }

  close(): void {
    this.#timer.close();
  }

  #look(): void {
    const left = this.#touchedAt + this.#ms - this.#clock.now();
    if (left <= 0) turn(() => this.#idle());
    else this.#timer = this.#clock.after(left, () => this.#look());
  }
}
