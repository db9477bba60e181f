import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';
import type { Address } from '../../core/naming/name.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';
import { equalJitter } from './backoff.ts';
import type { Endpoint } from './endpoint.ts';

/** Tries to connect to an address, and says once whether it could; closing gives the attempt up. */
export type Reach = (address: Address, done: (reached: boolean) => void) => Closable;

export interface FailFastParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly reach: Reach;
  readonly markedDead: Counter;
  readonly markedAvailable: Counter;
}

const FIRST_MS = 1000;
const MOST_MS = 32_000;

/**
 * Endpoints that refused a connection: nothing is sent to them, and they are reconnected in the background, after one
 * second first and up to 32 s later on, until that works (Linkerd `failFast`, §5.3).
 */
export class FailFast implements Closable {
  readonly #parts: FailFastParts;
  readonly #down = new Map<Endpoint, { readonly since: number; tries: number; waiting: Closable }>();

  constructor(parts: FailFastParts) {
    this.#parts = parts;
  }

  /** A connection to an endpoint could not be had. */
  failed(endpoint: Endpoint): void {
    if (endpoint.down) return;
    endpoint.down = true;
    this.#parts.markedDead.add();
    this.#down.set(endpoint, { since: this.#parts.clock.now(), tries: 0, waiting: nothingToClose });
    this.#wait(endpoint);
  }

  /** The endpoint is no more. */
  forget(endpoint: Endpoint): void {
    this.#down.get(endpoint)?.waiting.close();
    this.#down.delete(endpoint);
  }

  close(): void {
    for (const endpoint of [...this.#down.keys()]) this.forget(endpoint);
  }

  /** Of the endpoints that are down: how many, and of the one that has been for longest, how long and how often tried. */
  get state(): { readonly down: number; readonly forMs: number; readonly tries: number } {
    const [longest] = this.#down.values();
    if (longest === undefined) return { down: 0, forMs: 0, tries: 0 };
    return { down: this.#down.size, forMs: this.#parts.clock.now() - longest.since, tries: longest.tries };
  }

  #wait(endpoint: Endpoint): void {
    const entry = this.#down.get(endpoint);
    if (entry === undefined) return;
    entry.tries += 1;
    const wait = equalJitter(FIRST_MS, MOST_MS, this.#parts.random)(entry.tries);
    entry.waiting = this.#parts.clock.after(wait, () => {
      entry.waiting = this.#parts.reach(endpoint.address, (reached) => {
        if (!reached) return this.#wait(endpoint);
        this.#down.delete(endpoint);
        endpoint.down = false;
        this.#parts.markedAvailable.add();
      });
    });
  }
}
