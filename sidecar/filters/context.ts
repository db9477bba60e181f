// Hot.
import type { TracePropagator } from '../propagators/propagator.ts';
import type { Filter } from '../router/service.ts';

/** What the request carries on to the next hop besides its own headers (Linkerd §4.1 and §4.3). */
export function contextHeaders(propagator: TracePropagator): Filter {
  return {
    role: 'context',
    request(x) {
      let lines = x.span === undefined ? '' : propagator.outgoing(x, x.span);
      if (x.dtab !== '') lines += `l5d-ctx-dtab: ${x.dtab}\r\n`;
      if (x.request.residual !== '' && x.share?.residual === '') lines += `l5d-dst-residual: ${x.request.residual}\r\n`;
      x.context = lines;
      x.attemptDeadline = x.deadline;
    },
  };
}
