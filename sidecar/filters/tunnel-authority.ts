import type { Filter } from '../router/service.ts';

/**
 * The host and port that the next linker is asked for with CONNECT, where the caller has not said them itself: `db:5432`
 * of `/svc/db:5432`; a name without a port has that of the port the caller came to. A name that is no host is said in
 * `l5d-dst-service` alone, which has every name in full.
 */
export function tunnelAuthority(prefix: string): Filter {
  const cut = prefix === '/' ? 1 : prefix.length + 1;
  return {
    role: 'authority',
    request(x) {
      const head = x.request;
      if (head.host !== '') return;
      const name = x.path.startsWith(prefix) ? x.path.slice(cut) : x.path.slice(1);
      const { port } = x.downstream.caller.local;
      if (/^[\w\-.]+:\d{1,5}$/.test(name)) head.host = name;
      else head.host = `${/^[\w\-.]+$/.test(name) ? name : 'tunnel'}:${port}`;
      head.uri = head.host;
    },
  };
}
