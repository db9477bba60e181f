import type { Contender, Launch, Site } from '../contender.ts';

function config(
  site: Site,
  at: { admin: number; port: number; disco: string; client?: string; server?: string },
): string {
  return `admin: { ip: 127.0.0.1, port: ${at.admin} }
namers:
- kind: io.l5d.fs
  rootDir: ${site.dir}/${at.disco}
telemetry:
- kind: io.l5d.prometheus
routers:
- protocol: http
  label: ${at.disco}
  dtab: /svc => /#/io.l5d.fs
  servers:
  - ip: 127.0.0.1
    port: ${at.port}
${at.server ?? ''}${at.client ?? ''}`;
}

const addresses = (ports: readonly number[]) => ports.map((port) => `127.0.0.1 ${port}\n`).join('');
const start = (site: Site, name: string) => [...site.linker, `${site.dir}/${name}.yaml`];

function oneHop(site: Site): Launch {
  const front = config(site, { admin: site.admin[0], port: site.front, disco: 'outgoing' });
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
      'front.yaml': config(site, { admin: site.admin[0], port: site.front, disco: 'outgoing', client }),
      'back.yaml': config(site, { admin: site.admin[1], port: site.back, disco: 'incoming', server }),
      'outgoing/web': addresses([site.back]),
      'incoming/web': addresses(site.origins),
    },
    commands: [start(site, 'back'), start(site, 'front')],
    port: site.front,
  };
}

/** Heddle's own proxy with a Linkerd configuration: fs namer, prometheus, everything on by default. */
export const linker: Contender = { name: 'linker', needs: [], oneHop, twoHops };
