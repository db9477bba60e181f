import { join } from 'node:path';
import type { Contender, Launch, Site } from '../contender.ts';

interface Router {
  readonly admin: number;
  readonly port: number;
  readonly disco: string;
  readonly protocol?: 'h2';
  /** Further keys of the router, and of its server. */
  readonly keys?: string;
  readonly server?: string;
}

/** Linkerd compresses texts for who accepts it, unless told otherwise; no peer does. */
const uncompressed = '\n  compressionLevel: 0';

function config(site: Site, { admin, port, disco, protocol, keys = '', server = '' }: Router): string {
  return `admin: { ip: 127.0.0.1, port: ${admin} }
namers:
- kind: io.l5d.fs
  rootDir: ${site.dir}/${disco}
telemetry:
- kind: io.l5d.prometheus
routers:
- protocol: ${protocol ?? 'http'}${protocol === undefined ? uncompressed : ''}
  label: ${disco}
  dtab: /svc => /#/io.l5d.fs
  servers:
  - ip: 127.0.0.1
    port: ${port}
${server}${keys}`;
}

const addresses = (ports: readonly number[]) => ports.map((port) => `127.0.0.1 ${port}\n`).join('');
const start = (site: Site, name: string) => [...site.linker, `${site.dir}/${name}.yaml`];

/** One linker with a plain Linkerd configuration, and further keys of its router. */
export function linkerHop(site: Site, more: Pick<Router, 'protocol' | 'keys'> = {}): Launch {
  const front = config(site, { admin: site.admin[0], port: site.front, disco: 'outgoing', ...more });
  return {
    files: { 'front.yaml': front, 'outgoing/web': addresses(site.origins) },
    commands: [start(site, 'front')],
    port: site.front,
  };
}

function twoHops(site: Site): Launch {
  const { ca, cert, key, name } = site.certificates;
  const client = `  client:
    multiplex: true
    tls:
      commonName: ${name}
      trustCertsBundle: ${ca}
      clientAuth: { certPath: ${cert}, keyPath: ${key} }
`;
  const server = `    multiplex: true
    tls:
      certPath: ${cert}
      keyPath: ${key}
      caCertPath: ${ca}
      requireClientAuth: true
`;
  return {
    files: {
      'front.yaml': config(site, { admin: site.admin[0], port: site.front, disco: 'outgoing', keys: client }),
      'back.yaml': config(site, { admin: site.admin[1], port: site.back, disco: 'incoming', server }),
      'outgoing/web': addresses([site.back]),
      'incoming/web': addresses(site.origins),
    },
    commands: [start(site, 'back'), start(site, 'front')],
    port: site.front,
  };
}

const grpcKeys = `  service: { responseClassifier: { kind: io.l5d.h2.grpc.default } }
`;

/** Heddle's own proxy with a Linkerd configuration: fs namer, prometheus, everything on by default. */
export const linker: Contender = {
  name: 'linker',
  needs: [],
  paths: {
    h1: (site) => linkerHop(site),
    mtls: twoHops,
    h2c: (site) => linkerHop(site, { protocol: 'h2' }),
    grpc: (site) => linkerHop(site, { protocol: 'h2', keys: grpcKeys }),
  },
};

/** Another build of the linker, in a folder of its own: what it was before a change. */
export function asBefore(dir: string): Contender {
  const paths = Object.entries(linker.paths).map(([path, launch]) => {
    return [path, (site: Site) => launch({ ...site, linker: [join(dir, 'heddle'), 'linker'] })] as const;
  });
  return { name: 'before', needs: [], paths: Object.fromEntries(paths) };
}
