import type { Filter } from '../router/service.ts';

/** Tells the origin when the request came, in milliseconds since 1970, on a line behind those that came (Linkerd §4.6). */
export function timestamp(header: string): Filter {
  return {
    role: 'timestamp',
    request(x) {
      x.request.lines += `${header}: ${x.clock.wall()}\r\n`;
    },
  };
}
