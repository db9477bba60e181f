import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';

/**
 * A line for every answer that an origin gave, when its head is known; the mesh's own errors have none. As Linkerd
 * writes it (§8.9, observed): Host first, the month as a number, quotes as they came, no size of what HTTP/2 answers.
 */
export function accessLog(protocol: 'http' | 'h2', write: (line: string) => void): Filter {
  const zone = protocol === 'h2' ? '+0000' : 'UTC';
  const time = secondly();
  return {
    role: 'accessLog',
    response(x) {
      const { request, response } = x;
      const size = protocol === 'h2' || response === undefined || response.length < 0 ? '-' : response.length;
      const version = protocol === 'h2' ? 'HTTP/2' : `HTTP/1.${request.minor}`;
      const caller = x.downstream.caller.end.ip;
      write(
        `${request.host || '-'} ${caller} - - [${time(x.clock.wall())} ${zone}] "${request.method} ${request.uri} ${version}" ${x.status} ${size} "${field(x, 'referer')}" "${field(x, 'user-agent')}"`,
      );
    },
  };
}

function field(x: Exchange, name: string): string {
  return x.request.get(name) || '-';
}

/** `24/11/2026:16:19:11` of a time in milliseconds since 1970, made once a second. */
function secondly(): (wallMs: number) => string {
  let second = Number.NaN;
  let text = '';
  return (wallMs) => {
    const now = Math.floor(wallMs / 1000);
    if (now === second) return text;
    second = now;
    const [year, month, day, clock] = new Date(wallMs).toISOString().split(/[-T.]/);
    text = `${day}/${month}/${year}:${clock}`;
    return text;
  };
}
