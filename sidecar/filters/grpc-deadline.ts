import type { Alarms } from '../router/alarms.ts';
import { MeshError } from '../router/errors.ts';
import type { Filter } from '../router/service.ts';

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** `grpc-timeout` in milliseconds (gRPC over HTTP/2); undefined where it is none. */
export function grpcTimeout(text: string): number | undefined {
  const found = /^(\d{1,8})([HMSmun])$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (UNITS[found[2] as string] as number);
}

/** Ends a gRPC call, answer and all, when the time is over that its caller has given it. */
export function grpcDeadline(alarms: Alarms): Filter {
  return {
    role: 'grpcDeadline',
    request(x) {
      if (!x.request.lines.includes('grpc-timeout: ')) return; // in lower case, as all of HTTP/2
      const ms = grpcTimeout(x.request.get('grpc-timeout') ?? '');
      if (ms === undefined) return;
      x.alarm = alarms.set(x.startedAt + ms, () => {
        x.over = true;
        x.abort(new MeshError('deadline', `the deadline of ${ms} ms is over`));
      });
    },
    end(x) {
      x.alarm?.close();
    },
  };
}
