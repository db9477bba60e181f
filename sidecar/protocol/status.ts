import { STATUS_CODES } from 'node:http';
import { ResponseHead } from '../router/response-head.ts';
import type { Transport } from '../router/transport.ts';

/** Answers in the process, for `/$/io.buoyant.http.status/<code>`. */
export function statusTransport(status: number): Transport {
  return {
    send(x) {
      const head = new ResponseHead();
      head.status = status;
      head.reason = STATUS_CODES[status] ?? '';
      head.length = 0;
      x.address = String(status);
      if (x.head(head)) x.downstream.respond(x, status === 204 || status === 304 ? -2 : 0, undefined);
      x.end();
    },
    close() {},
  };
}
