import { type Ca, makeCa } from '#test/helpers/certs.ts';
import { Linker } from '#test/helpers/linker.ts';
import type { ScriptedOrigin } from '#test/helpers/scripted-origin.ts';

export interface MeshOptions {
  /** Which side multiplexes; both by default. */
  readonly near?: boolean;
  readonly far?: boolean;
  /** Signs the near linker's certificate; the mesh's own authority by default. */
  readonly clientCa?: Ca;
  /** The name the far linker must prove. */
  readonly name?: string;
  /** More keys of the far linker's router, and of the near one's. */
  readonly farKeys?: string;
  readonly nearKeys?: string;
}

/**
 * Two routers of HTTP/1.1 in one process, as two linkers of a mesh: the near one (port 0) takes plain requests and sends
 * all of them over mutual TLS to the far one (port 1), which takes the Host for `host:port` of an origin.
 */
export async function startMesh(options: MeshOptions = {}): Promise<Linker> {
  const ca = makeCa('mesh');
  const far = ca.issue({ cn: 'far.test', dns: ['far.test'] });
  const near = (options.clientCa ?? ca).issue({ cn: 'near.test', dns: ['near.test'] });
  const multiplex = (on: boolean | undefined): string => `multiplex: ${on ?? true}`;
  return await Linker.start({
    ports: 2,
    files: {
      'tls/ca.pem': ca.cert,
      'tls/far.pem': far.cert,
      'tls/far.key': far.key,
      'tls/near.pem': near.cert,
      'tls/near.key': near.key,
    },
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: http
  label: near
  dtab: /svc => /$/inet/127.1/${ports[1]}
  client:
    ${multiplex(options.near)}
    tls:
      commonName: ${options.name ?? 'far.test'}
      trustCerts: [ ${dir}/tls/ca.pem ]
      clientAuth: { certPath: ${dir}/tls/near.pem, keyPath: ${dir}/tls/near.key }
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} } ]
${options.nearKeys ?? ''}
- protocol: http
  label: far
  dtab: |
    /inet => /$/inet ;
    /svc => /$/io.buoyant.hostportPfx/inet ;
  servers:
  - ip: 127.0.0.1
    port: ${ports[1]}
    ${multiplex(options.far)}
    tls:
      certPath: ${dir}/tls/far.pem
      keyPath: ${dir}/tls/far.key
      caCertPath: ${dir}/tls/ca.pem
      requireClientAuth: true
${options.farKeys ?? ''}
`,
  });
}

/** Far linkers in processes of their own, and a near one whose `disco/far` says which of them there are. */
export async function startFleet(count: number): Promise<{ readonly near: Linker; readonly fars: readonly Linker[] }> {
  const ca = makeCa('mesh');
  const far = ca.issue({ cn: 'far.test', dns: ['far.test'] });
  const files = { 'tls/ca.pem': ca.cert, 'tls/far.pem': far.cert, 'tls/far.key': far.key };
  const starting = Array.from({ length: count }, () =>
    Linker.start({
      files,
      config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: http
  dtab: /inet => /$/inet ; /svc => /$/io.buoyant.hostportPfx/inet
  servers:
  - { ip: 127.0.0.1, port: ${ports[0]}, multiplex: true, tls: { certPath: ${dir}/tls/far.pem, keyPath: ${dir}/tls/far.key } }
`,
    }),
  );
  const fars = await Promise.all(starting);
  const near = await Linker.start({
    files,
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
namers: [ { kind: io.l5d.fs, rootDir: ${dir}/disco } ]
routers:
- protocol: http
  dtab: /svc => /#/io.l5d.fs/far
  client: { multiplex: true, tls: { commonName: far.test, trustCerts: [ ${dir}/tls/ca.pem ] } }
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} } ]
`,
  });
  near.endpoints(
    'far',
    fars.map(({ port }) => port),
  );
  return { near, fars };
}

/** A request with a Host, more header lines (each with its CRLF) and a body as given. */
export function request(line: string, origin: ScriptedOrigin, lines = '', body = ''): string {
  return `${line} HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n${lines}\r\n${body}`;
}

/** Connections of the near linker to the far one: how many there were, and how many are open. */
export async function hops(linker: Linker): Promise<{ readonly made: number; readonly open: number }> {
  const metrics = await linker.metrics();
  const server = `rt/far/server/127.0.0.1/${linker.ports[1]}`;
  return { made: metrics[`${server}/connects`] ?? 0, open: metrics[`${server}/connections`] ?? 0 };
}
