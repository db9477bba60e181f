// Hot.
import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';

/** The line that tells how the service's classifier judged an answer. */
export function successLine(x: Exchange): string {
  return x.outcome === 'success' ? 'l5d-success-class: 1.0\r\n' : 'l5d-success-class: 0.0\r\n';
}

/** Tells the caller, and the linkers before this one, how the service's classifier judged the answer (Linkerd §3.3). */
export const successClass: Filter = {
  role: 'successClass',
  response(x) {
    if (x.response !== undefined) x.response.lines += successLine(x);
  },
};

/**
 * The same for h2 routers: an answer that is decided by its head says so there, any other in its trailers, which are
 * made where there are none (Linkerd §6.4).
 */
export const lateSuccessClass: Filter = {
  role: 'successClass',
  response(x) {
    const head = x.response;
    if (head === undefined) return;
    if (head.ends || (x.outcome !== 'success' && x.trailers === '')) head.lines += successLine(x);
    else {
      head.lines += 'te: trailers\r\n';
      x.conclude = successLine;
    }
  },
};
