import type { AccrualPolicy } from '../router/endpoint.ts';

/** What failure accrual is made with. */
export interface AccrualParts {
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Makes the policy of one endpoint; undefined: no endpoint is ever left alone. */
export type Accrual = (() => AccrualPolicy) | undefined;
