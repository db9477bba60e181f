import { family } from '../../core/config/kind.ts';
import { consecutiveFailures } from './consecutive-failures.ts';
import { none } from './none.ts';
import { successRate } from './success-rate.ts';
import { successRateWindowed } from './success-rate-windowed.ts';

/** When an endpoint is left alone: `failureAccrual` of a client. */
export const accrualKinds = family('failure accrual', [consecutiveFailures, successRate, successRateWindowed, none]);
