import { Linker } from '#test/helpers/linker.ts';
import type { ScriptedOrigin } from '#test/helpers/scripted-origin.ts';

/**
 * Starts a linker with one plain HTTP router. A name without a file in `disco` is taken as `host:port`, so the Host
 * `127.0.0.1:<port of an origin>` reaches that origin.
 */
export function startRouter(routerKeys = ''): Promise<Linker> {
  return Linker.start({
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
namers: [ { kind: io.l5d.fs, rootDir: ${dir}/disco } ]
telemetry: [ { kind: io.l5d.prometheus } ]
routers:
- protocol: http
  label: web
  dtab: |
    /inet => /$/inet ;
    /svc => /$/io.buoyant.hostportPfx/inet ;
    /svc => /#/io.l5d.fs ;
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} } ]
${routerKeys}
`,
  });
}

export const hostOf = (origin: ScriptedOrigin): string => `127.0.0.1:${origin.port}`;

/** A request with a Host, more header lines (each with its CRLF) and a body as given. */
export function request(line: string, origin: ScriptedOrigin | string, lines = '', body = ''): string {
  const host = typeof origin === 'string' ? origin : hostOf(origin);
  return `${line} HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n${body}`;
}
