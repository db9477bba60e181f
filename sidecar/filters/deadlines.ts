import type { Clock } from '../../core/clock.ts';
import {
  combineDeadlines,
  type Deadline,
  deadlineAfter,
  readDeadline,
  writeDeadline,
} from '../../core/telemetry/deadline.ts';
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

/** The earlier of a deadline header, '' for none, and the one that a time-out of `ms` makes; unreadable ones stay. */
export function tightened(deadline: string, clock: Clock, ms: number): string {
  const own = deadlineAfter(clock.wall(), ms);
  const known = deadline === '' ? undefined : readDeadline(deadline);
  if (deadline !== '' && known === undefined) return deadline;
  return writeDeadline(known === undefined ? own : combineDeadlines(known, own));
}
