import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { AccrualPolicy } from '../router/endpoint.ts';
import type { Accrual, AccrualParts } from './accrual.ts';
import { Ema } from './ema.ts';
import { Removals, removalFields } from './removals.ts';

/** Leaves an endpoint alone when its rate of success, averaged over so many requests, falls below what is required. */
export class SuccessRate implements AccrualPolicy {
  readonly #required: number;
  readonly #requests: number;
  readonly #removals: Removals;
  readonly #rate: Ema;
  #seen = 0;

  constructor(required: number, requests: number, removals: Removals) {
    this.#required = required;
    this.#requests = requests;
    this.#removals = removals;
    this.#rate = new Ema(requests);
  }

  succeeded(): void {
    this.#seen += 1;
    this.#rate.update(this.#seen, 1);
  }

  failed(): number | undefined {
    this.#seen += 1;
    const rate = this.#rate.update(this.#seen, 0);
    return this.#seen >= this.#requests && rate < this.#required ? this.#removals.next() : undefined;
  }

  revived(): void {
    this.#seen = 0;
    this.#rate.reset();
    this.#removals.reset();
  }
}

/** `io.l5d.successRate`. */
export const successRate = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.successRate'),
    successRate: z.number().default(0).describe('The rate required, between 0 and 1; 0 is always met.'),
    requests: z.int().default(1).describe('Requests it is averaged over, and judged after.'),
    ...removalFields,
  }),
  make(config, { random }: AccrualParts): Accrual {
    const requests = Math.max(1, config.requests);
    return () => new SuccessRate(config.successRate, requests, new Removals(config.backoff, random));
  },
});
