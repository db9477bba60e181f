import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { AccrualPolicy } from '../router/endpoint.ts';
import type { Accrual, AccrualParts } from './accrual.ts';
import { Ema } from './ema.ts';
import { Removals, removalFields } from './removals.ts';

/** Fewer outcomes than these within the window say nothing. */
const LEAST = 5;
/** Parts of the window in which outcomes are counted. */
const SLICES = 5;

/**
 * Leaves an endpoint alone when its rate of success, averaged over a span of time, falls below what is required: judged
 * once that time has gone by, by at least five outcomes in it.
 */
export class SuccessRateWindowed implements AccrualPolicy {
  readonly #required: number;
  readonly #windowMs: number;
  readonly #removals: Removals;
  readonly #rate: Ema;
  #since: number | undefined;
  /** Outcomes in each slice of the window, the present one first, and when that one began. */
  #counts: number[] = new Array(SLICES).fill(0);
  #sliceAt = 0;

  constructor(required: number, windowMs: number, removals: Removals) {
    this.#required = required;
    this.#windowMs = windowMs;
    this.#removals = removals;
    this.#rate = new Ema(windowMs);
  }

  succeeded(now: number): void {
    this.#count(now);
    this.#rate.update(now, 1);
  }

  failed(now: number): number | undefined {
    this.#count(now);
    const rate = this.#rate.update(now, 0);
    if (now - (this.#since as number) < this.#windowMs || rate >= this.#required) return undefined;
    return this.#counts.reduce((sum, n) => sum + n) >= LEAST ? this.#removals.next() : undefined;
  }

  revived(): void {
    this.#since = undefined;
    this.#counts.fill(0);
    this.#rate.reset();
    this.#removals.reset();
  }

  #count(now: number): void {
    if (this.#since === undefined) {
      this.#since = now;
      this.#sliceAt = now;
    }
    const sliceMs = this.#windowMs / SLICES;
    const gone = Math.floor((now - this.#sliceAt) / sliceMs);
    if (gone > 0) {
      const kept = this.#counts.slice(0, Math.max(0, SLICES - gone));
      this.#counts = [...new Array<number>(SLICES - kept.length).fill(0), ...kept];
      this.#sliceAt += gone * sliceMs;
    }
    this.#counts[0] = (this.#counts[0] as number) + 1;
  }
}

/** `io.l5d.successRateWindowed`. */
export const successRateWindowed = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.successRateWindowed'),
    successRate: z.number().default(0).describe('The rate required, between 0 and 1; 0 is always met.'),
    window: z.int().default(1).describe('Seconds it is averaged over, and judged after.'),
    ...removalFields,
  }),
  make(config, { random }: AccrualParts): Accrual {
    const windowMs = Math.max(1, config.window) * 1000;
    return () => new SuccessRateWindowed(config.successRate, windowMs, new Removals(config.backoff, random));
  },
});
