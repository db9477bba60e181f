import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';

/** Milliseconds by which an alarm may be late. */
const GRAIN = 10;

/** Alarms at any times, on one timer: those that fall due within the same few milliseconds go off together. */
export class Alarms {
  readonly #clock: Clock;
  /** By the number of the grain at whose end they go off. */
  readonly #slots = new Map<number, Set<() => void>>();
  #timer: Closable = nothingToClose;
  /** The slot the timer is for. */
  #next = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(dueAt: number, fire: () => void): Closable {
    const slot = Math.ceil(dueAt / GRAIN);
    let set = this.#slots.get(slot);
    if (set === undefined) {
      set = new Set();
      this.#slots.set(slot, set);
    }
    set.add(fire);
    if (slot < this.#next) this.#wind(slot);
    return {
      close: () => {
        if (set.delete(fire) && set.size === 0) this.#slots.delete(slot);
      },
    };
  }

  #wind(slot: number): void {
    this.#timer.close();
    this.#next = slot;
    this.#timer = this.#clock.after(Math.max(0, slot * GRAIN - this.#clock.now()), () => this.#ring());
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#next = Number.POSITIVE_INFINITY;
    const due = [...this.#slots].filter(([slot]) => slot * GRAIN <= now).sort(([a], [b]) => a - b);
    for (const [slot, set] of due) {
      this.#slots.delete(slot);
      for (const fire of set) {
        set.delete(fire);
        fire();
      }
    }
    const first = Math.min(...this.#slots.keys());
    if (first < this.#next) this.#wind(first);
  }
}
