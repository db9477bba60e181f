import { turn } from '../wire.ts';

/** Bytes that may wait in all streams of the process for windows to open: a thousand streams of a window each. */
export const MOST = 1 << 25;

/** A stream with bytes that its peer does not take. */
export interface Waiter {
  /** Ends it for cause: nothing waits in it from now on. */
  overrun(): void;
}

/**
 * What waits in all streams for peers to open their windows. Each stream is bounded by the window it gives to where the
 * bytes come from, but a peer may have thousands of streams and read none. Beyond the limit the stream goes first that
 * has stood still for longest, so a reader that is merely slow is never among the first.
 */
export class Backlog {
  readonly #most: number;
  /** In the order in which they last moved, and how much waits in each. */
  readonly #waiting = new Map<Waiter, number>();
  #bytes = 0;
  #over = false;

  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** So much more waits in a stream. */
  grew(stream: Waiter, by: number): void {
    this.#waiting.set(stream, (this.#waiting.get(stream) ?? 0) + by);
    this.#bytes += by;
    if (this.#bytes <= this.#most || this.#over) return;
    this.#over = true;
    // Not now: whoever sends is in the midst of something.
    setImmediate(() => turn(() => this.#relieve()));
  }

  /** A stream has moved, and so much waits in it still. */
  moved(stream: Waiter, left: number): void {
    const before = this.#waiting.get(stream);
    if (before === undefined) return;
    this.#bytes += left - before;
    this.#waiting.delete(stream);
    if (left > 0) this.#waiting.set(stream, left);
  }

  #relieve(): void {
    this.#over = false;
    for (const stream of this.#waiting.keys()) {
      if (this.#bytes <= this.#most) return;
      this.moved(stream, 0);
      stream.overrun();
    }
  }
}

/** Of this process. */
export const backlog = new Backlog(MOST);
