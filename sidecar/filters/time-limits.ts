import { MeshError } from '../router/errors.ts';
import type { Filter } from '../router/service.ts';
import type { Timeouts } from '../router/timeouts.ts';
import { duration } from '../router/waiting-room.ts';
import { tightened } from './deadlines.ts';

/** `totalTimeoutMs`: time to the response head, all attempts, waits and the binding together. */
export function totalTimeout(timeouts: Timeouts): Filter {
  const text = `exceeded ${duration(timeouts.ms)} to unspecified while waiting for a response for the request, including retries (if applicable). Remote Info: Not Available`;
  return {
    role: 'totalTimeout',
    request(x) {
      x.deadline = tightened(x.deadline, x.clock, timeouts.ms);
      x.totalTimer = timeouts.set(x.clock.now(), () => {
        x.over = true;
        x.abort(new MeshError('totalTimeout', text));
      });
    },
    response: (x) => x.totalTimer?.close(),
    end: (x) => x.totalTimer?.close(),
  };
}

/** `timeoutMs` of a server: time to the response head, whatever is tried meanwhile; `server` is `ip/port`. */
export function serverTimeout(timeouts: Timeouts, server: string): Filter {
  const text = `exceeded ${duration(timeouts.ms)} to ${server} while waiting for a response for an individual request, excluding retries. Remote Info: Not Available`;
  return {
    role: 'timeout',
    request(x) {
      x.deadline = tightened(x.deadline, x.clock, timeouts.ms);
      x.serverTimer = timeouts.set(x.clock.now(), () => {
        x.over = true;
        x.abort(new MeshError('attemptTimeout', text));
      });
    },
    response: (x) => x.serverTimer?.close(),
    end: (x) => x.serverTimer?.close(),
  };
}

/** `requestAttemptTimeoutMs`: time to the response head, for each attempt. */
export function attemptTimeout(timeouts: Timeouts, clientName: string): Filter {
  const text = `exceeded ${duration(timeouts.ms)} to ${clientName.slice(1)} while waiting for a response for an individual request, excluding retries.`;
  return {
    role: 'attemptTimeout',
    request(x) {
      x.attemptDeadline = tightened(x.deadline, x.clock, timeouts.ms);
      x.attemptTimer = timeouts.set(x.attemptAt, () => x.abort(new MeshError('attemptTimeout', text)));
    },
    response: (x) => x.attemptTimer?.close(),
    end: (x) => x.attemptTimer?.close(),
  };
}
