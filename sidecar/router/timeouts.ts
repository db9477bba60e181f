// Hot.
import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';

/** A place in the queue; `fire` runs at the end of its time unless closed before. */
export class Timeout {
  readonly dueAt: number;
  fire: (() => void) | undefined;

  constructor(dueAt: number, fire: () => void) {
    this.dueAt = dueAt;
    this.fire = fire;
  }

  close(): void {
    this.fire = undefined;
  }
}

/**
 * Time-outs of one length. All run equally long, so they fall due in the order they were set: a queue and one timer
 * serve any number of them.
 */
export class Timeouts {
  readonly ms: number;
  readonly #clock: Clock;
  #queue: Timeout[] = [];
  #first = 0;
  #timer: Closable | undefined;

  constructor(ms: number, clock: Clock) {
    this.ms = ms;
    this.#clock = clock;
  }

  set(now: number, fire: () => void): Timeout {
    const timeout = new Timeout(now + this.ms, fire);
    this.#queue.push(timeout);
    this.#timer ??= this.#clock.after(this.ms, () => this.#run());
    return timeout;
  }

  #run(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const queue = this.#queue;
    while (this.#first < queue.length) {
      const next = queue[this.#first] as Timeout;
      if (next.fire !== undefined && next.dueAt > now) break;
      this.#first += 1;
      const fire = next.fire;
      next.fire = undefined;
      fire?.();
    }
    if (this.#first > 1024 || this.#first === queue.length) {
      this.#queue = queue.slice(this.#first);
      this.#first = 0;
    }
    const next = this.#queue[this.#first];
    if (next !== undefined) this.#timer ??= this.#clock.after(Math.max(1, next.dueAt - now), () => this.#run());
  }
}
