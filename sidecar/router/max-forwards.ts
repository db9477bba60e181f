import type { Exchange } from './exchange.ts';
import { withoutLine } from './request-head.ts';
import { ResponseHead } from './response-head.ts';
import type { Service } from './service.ts';

/**
 * TRACE and OPTIONS go no further than Max-Forwards says (RFC 9110 §7.6.2): it is one less behind every hop, and whoever
 * gets 0 answers. A value that is no number is refused in Linkerd's words (§4.7).
 */
export function maxForwards(next: Service): Service {
  return {
    send(x) {
      const { request } = x;
      if (request.method !== 'TRACE' && request.method !== 'OPTIONS') return next.send(x);
      const value = request.get('max-forwards');
      if (value === undefined) return next.send(x);
      if (!/^\d{1,9}$/.test(value)) return answer(x, 400, 'Invalid value for Max-Forwards header');
      if (Number(value) === 0) return answer(x, 200, '');
      request.lines = `${withoutLine(request.lines, 'max-forwards')}Max-Forwards: ${Number(value) - 1}\r\n`;
      next.send(x);
    },
  };
}

function answer(x: Exchange, status: number, text: string): void {
  const head = new ResponseHead();
  head.status = status;
  head.length = text.length;
  if (x.head(head)) x.downstream.respond(x, text.length, text === '' ? undefined : Buffer.from(text, 'latin1'));
  x.end();
}
