import { readDeadline, remainingMs } from '../../core/telemetry/deadline.ts';
import type { Alarms } from './alarms.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { Service } from './service.ts';

/**
 * Keeps to the deadlines that requests come with (`l5d-ctx-deadline`, as far as it is known): late ones are refused, and
 * what has no answer when its time is over fails. Linkerd passes deadlines on and never acts on them.
 */
export function keepingDeadlines(alarms: Alarms, next: Service): Service {
  return {
    send(x) {
      const deadline = x.deadline === '' ? undefined : readDeadline(x.deadline);
      if (deadline === undefined) return next.send(x);
      const left = remainingMs(deadline, x.clock.wall());
      if (left <= 0) return x.fail(over());
      const alarm = alarms.set(x.clock.now() + left, () => {
        x.over = true;
        x.abort(over());
      });
      const done = (_: Exchange): boolean => {
        alarm.close();
        return true;
      };
      x.enter({ head: done, end: done });
      next.send(x);
    },
  };
}

const over = (): MeshError => new MeshError('deadline', 'the deadline of the request is over');
