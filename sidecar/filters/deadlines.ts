import type { Clock } from '../../core/clock.ts';
import {
  combineDeadlines,
  type Deadline,
  deadlineAfter,
  readDeadline,
  writeDeadline,
} from '../../core/telemetry/deadline.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';

/** Reads `l5d-ctx-deadline`; what cannot be read passes untouched. Advisory: nothing is refused for being late. */
export const incomingDeadline: Filter = {
  role: 'deadline',
  request(x) {
    if (x.request.ctxDeadline === '') return;
    const read = x.request.ctxDeadline.split('\r').map(readDeadline);
    if (read.some((d) => d === undefined)) x.deadline = x.request.ctxDeadline.split('\r')[0] as string;
    else x.deadline = writeDeadline((read as Deadline[]).reduce(combineDeadlines));
  },
};

/** Puts the deadline that a time-out of `ms` makes into the request, unless there is an earlier one. */
export function tighten(x: Exchange, clock: Clock, ms: number): void {
  const own = deadlineAfter(clock.wall(), ms);
  const known = x.deadline === '' ? undefined : readDeadline(x.deadline);
  if (x.deadline !== '' && known === undefined) return;
  x.deadline = writeDeadline(known === undefined ? own : combineDeadlines(known, own));
}
