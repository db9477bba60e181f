import { join } from 'node:path';
import type { Contender, Launch, Site } from '../contender.ts';
import type { Tool } from '../tools.ts';

/** Packages with a lock file of their own, so that what installs the product installs none of them. */
const dir = join(import.meta.dirname, 'npm');
const installed: Tool = {
  command: 'npm peers',
  file: join(dir, 'node_modules/undici/package.json'),
  get: 'npm ci --prefix bench/peers/npm',
};

/** One process of a peer, on the Node that runs the benchmark. */
function command(program: string, settings: Readonly<Record<string, unknown>>): readonly string[] {
  return [process.execPath, join(dir, `${program}.mjs`), JSON.stringify(settings)];
}

const oneHop =
  (program: string) =>
  (site: Site): Launch => ({
    files: {},
    commands: [command(program, { port: site.front, origins: site.origins })],
    port: site.front,
  });

function twoHops(site: Site): Launch {
  const { ca, cert, key, name } = site.certificates;
  const tls = { ca, cert, key, name };
  return {
    files: {},
    commands: [
      command('undici', { port: site.back, origins: site.origins, accept: tls }),
      command('undici', { port: site.front, origins: [site.back], connect: tls }),
    ],
    port: site.front,
  };
}

const peer = (name: string, program: string, more: Contender['paths'] = {}): Contender => ({
  name,
  needs: [installed],
  paths: { h1: oneHop(program), ...more },
});

/** `node:http` with undici is what one writes by hand; the others are packages. */
export const npmPeers: readonly Contender[] = [
  peer('node+undici', 'undici', { mtls: twoHops }),
  peer('fast-proxy', 'fast-proxy'),
  peer('http-proxy', 'http-proxy'),
  peer('@fastify/reply-from', 'reply-from'),
];
