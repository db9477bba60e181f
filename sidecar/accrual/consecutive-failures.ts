import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { AccrualPolicy } from '../router/endpoint.ts';
import type { Accrual, AccrualParts } from './accrual.ts';
import { Removals, removalFields } from './removals.ts';

/** Leaves an endpoint alone after so many failures in a row, and after each one more until a success. */
export class ConsecutiveFailures implements AccrualPolicy {
  readonly #most: number;
  readonly #removals: Removals;
  #inRow = 0;

  constructor(failures: number, removals: Removals) {
    this.#most = failures;
    this.#removals = removals;
  }

  succeeded(): void {
    this.#inRow = 0;
  }

  failed(): number | undefined {
    this.#inRow += 1;
    return this.#inRow >= this.#most ? this.#removals.next() : undefined;
  }

  revived(): void {
    this.#inRow = 0;
    this.#removals.reset();
  }
}

/** `io.l5d.consecutiveFailures`: Linkerd's default, with five. */
export const consecutiveFailures = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.consecutiveFailures'),
    failures: z.int().default(5).describe('Failures in a row.'),
    ...removalFields,
  }),
  make({ failures, backoff }, { random }: AccrualParts): Accrual {
    return () => new ConsecutiveFailures(failures, new Removals(backoff, random));
  },
});
