import { STATUS_CODES } from 'node:http';
import { ResponseHead } from '../router/response-head.ts';
import type { Transport } from '../router/transport.ts';

/**
 * Answers in the process, for `/$/io.buoyant.http.status/<code>`. A status below 200 announces an answer and is none: it
 * fails, where Linkerd sends it and leaves the caller waiting.
 */
export function statusTransport(status: number): Transport {
  return {
    send(x) {
      x.address = String(status);
      if (status < 200) return x.refuse('badResponse', `${status} is not the status of an answer`);
      const head = new ResponseHead();
      head.status = status;
      head.reason = STATUS_CODES[status] ?? '';
      head.length = 0;
      if (x.head(head)) x.downstream.respond(x, status === 204 || status === 304 ? -2 : 0, undefined);
      x.end();
    },
    close() {},
  };
}
