import type { Namer } from '../../naming/namer.ts';
import { rewriting } from './rewriting.ts';

/**
 * `/$/io.buoyant.hostportPfx/<pfx>/<host:port>` → `/<pfx>/<host>/<port>` and `porthostPfx` → `/<pfx>/<port>/<host>`.
 * The port is a number or a DNS label; neg without one, which is how "no port given" falls through.
 */
export const hostPortNamers: readonly Namer[] = [
  rewriting('io.buoyant.hostportPfx', (path) => split(path, (host, port) => [host, port])),
  rewriting('io.buoyant.porthostPfx', (path) => split(path, (host, port) => [port, host])),
];

function split(
  [pfx, hostPort, ...rest]: readonly string[],
  order: (host: string, port: string) => readonly string[],
): readonly string[] | undefined {
  if (pfx === undefined || hostPort === undefined) return undefined;
  const found = /^([^:]*):([a-z0-9][-a-z0-9]{0,62}):*$/.exec(hostPort);
  return found === null ? undefined : [pfx, ...order(found[1] ?? '', found[2] ?? ''), ...rest];
}
