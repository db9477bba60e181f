import type { Clock } from '../../core/clock.ts';
import { MeshError } from './errors.ts';
import type { Exchange, Waiting } from './exchange.ts';
import type { Timeout, Timeouts } from './timeouts.ts';

/** Exchanges that wait, in order, for a name or its addresses to become known; each fails at the end of its time. */
export class WaitingRoom implements Waiting {
  readonly #timeouts: Timeouts;
  readonly #clock: Clock;
  #queue: { readonly x: Exchange; readonly timeout: Timeout }[] = [];

  constructor(timeouts: Timeouts, clock: Clock) {
    this.#timeouts = timeouts;
    this.#clock = clock;
  }

  add(x: Exchange): void {
    x.waiting = this;
    this.#queue.push({ x, timeout: this.#timeouts.set(this.#clock.now(), () => this.#late(x)) });
  }

  cancel(x: Exchange): void {
    const at = this.#queue.findIndex((q) => q.x === x);
    if (at < 0) return;
    this.#queue[at]?.timeout.close();
    this.#queue.splice(at, 1);
  }

  /** Everyone who waits, in order; the room is empty then. */
  leave(): readonly Exchange[] {
    const queue = this.#queue;
    this.#queue = [];
    for (const { x, timeout } of queue) {
      timeout.close();
      x.waiting = undefined;
    }
    return queue.map(({ x }) => x);
  }

  #late(x: Exchange): void {
    this.cancel(x);
    x.waiting = undefined;
    const text = `Exceeded ${duration(this.#timeouts.ms)} binding timeout while resolving name: ${x.path}`;
    x.fail(new MeshError('bindTimeout', text));
  }
}

/** A duration as Linkerd's messages show it: `10.seconds`, `400.milliseconds`. */
export function duration(ms: number): string {
  if (ms > 0 && ms % 60_000 === 0) return `${ms / 60_000}.minutes`;
  return ms > 0 && ms % 1000 === 0 ? `${ms / 1000}.seconds` : `${ms}.milliseconds`;
}
