// Hot.
import type { Filter } from '../router/service.ts';

/** Tells the caller, and the linkers before this one, how the service's classifier judged the answer (Linkerd §3.3). */
export const successClass: Filter = {
  role: 'successClass',
  response(x) {
    if (x.response !== undefined)
      x.response.lines += x.outcome === 'success' ? 'l5d-success-class: 1.0\r\n' : 'l5d-success-class: 0.0\r\n';
  },
};
