import type { Closable } from './closable.ts';

/** Time, passed in so that tests can turn it by hand. */
export interface Clock {
  /** Monotonic milliseconds, with fractions; only differences mean something. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  /** Calls `fn` once, after at least `ms` milliseconds, unless closed before. Does not keep the process alive. */
  after(ms: number, fn: () => void): Closable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return { close: () => clearTimeout(timer) };
  },
};

/** A clock that stands still until `advance` is called. */
export class ManualClock implements Clock {
  #now = 0;
  #next = 1;
  readonly #timers = new Map<number, { readonly at: number; readonly fn: () => void }>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  after(ms: number, fn: () => void): Closable {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, fn });
    return { close: () => this.#timers.delete(id) };
  }

  /** Moves time on, running due timers in the order they fall due. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      let due: { id: number; at: number; fn: () => void } | undefined;
      for (const [id, t] of this.#timers) if (t.at <= until && (due === undefined || t.at < due.at)) due = { id, ...t };
      if (due === undefined) break;
      this.#timers.delete(due.id);
      this.#now = Math.max(this.#now, due.at);
      due.fn();
    }
    this.#now = until;
  }
}
