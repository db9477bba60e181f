import type * as z from 'zod';
import { backoff, complete } from '../config/backoff.ts';
import { type Backoff, backoffOf, equalJitter } from '../router/backoff.ts';

/** Without a configured backoff, and where it lacks one of its ends: 5 s first, 300 s at most (Linkerd §5.3). */
const FIRST_MS = 5000;
const MOST_MS = 300_000;

/** What every kind may be told. */
export const removalFields = {
  backoff: backoff.optional().describe('How long an endpoint is left alone, the first time and each further time.'),
};

/** How long an endpoint is left alone each time in a row: from the beginning again once it has been revived. */
export class Removals {
  readonly #backoff: Backoff;
  #inRow = 0;

  constructor(config: z.output<typeof backoff> | undefined, random: () => number) {
    const configured = complete(config);
    this.#backoff = configured === undefined ? equalJitter(FIRST_MS, MOST_MS, random) : backoffOf(configured, random);
  }

  /** Milliseconds, of the next time. */
  next(): number {
    this.#inRow += 1;
    return this.#backoff(this.#inRow);
  }

  reset(): void {
    this.#inRow = 0;
  }
}
