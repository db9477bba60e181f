import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';
import { turn } from './wire.ts';

/** Milliseconds from the first byte of a head to its last: what nginx and Node give (client_header_timeout, headersTimeout). */
export const HEAD_MS = 60_000;
/** Milliseconds in which nothing moves of a body, or of an answer that waits to be read: Envoy's stream_idle_timeout. */
export const STILL_MS = 300_000;
/** Milliseconds between two looks: so late at most is a connection closed. */
export const LOOK_MS = 5000;

/** A connection whose caller may be slow on purpose. */
export interface Slow {
  /** The head that the caller has begun and not completed, a value of its own for each; undefined: none. */
  readonly unfinished: unknown;
  /** It is for the caller to go on: with the body it has begun, or with reading its answer. */
  readonly waits: boolean;
  /** Bytes that have moved so far, either way. */
  readonly moved: number;
  /** The caller has had its time. */
  giveUp(): void;
}

interface Watch {
  head: unknown;
  headSince: number;
  moved: number;
  movedAt: number;
}

/**
 * Ends connections whose callers keep them by being slow: a head must be complete in time, however many bytes of it
 * keep coming, and a body or an answer must move. It looks at all connections every now and then, so that a request
 * costs nothing.
 */
export class Patience implements Closable {
  readonly #clock: Clock;
  readonly #watched = new Map<Slow, Watch>();
  #timer: Closable = nothingToClose;
  #watching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: Slow): void {
    const now = this.#clock.now();
    this.#watched.set(connection, { head: undefined, headSince: now, moved: -1, movedAt: now });
    if (!this.#watching) this.#watch();
  }

  forget(connection: Slow): void {
    this.#watched.delete(connection);
  }

  close(): void {
    this.#watched.clear();
    this.#timer.close();
    this.#watching = false;
  }

  #watch(): void {
    this.#watching = true;
    this.#timer = this.#clock.after(LOOK_MS, () => {
      turn(() => this.#look());
      if (this.#watched.size > 0) this.#watch();
      else this.#watching = false;
    });
  }

  #look(): void {
    const now = this.#clock.now();
    for (const [connection, watch] of [...this.#watched]) {
      const { unfinished, moved } = connection;
      if (unfinished !== watch.head) {
        watch.head = unfinished;
        watch.headSince = now;
      }
      if (moved !== watch.moved || !connection.waits) {
        watch.moved = moved;
        watch.movedAt = now;
      }
      const late = unfinished !== undefined && now - watch.headSince >= HEAD_MS;
      if (!late && now - watch.movedAt < STILL_MS) continue;
      this.#watched.delete(connection);
      connection.giveUp();
    }
  }
}
