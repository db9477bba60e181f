import { ManualClock } from '#core/clock.ts';
import type { Loaded, Remark } from '#core/config/load.ts';
import { ConfigError, type Problem } from '#core/config/problem.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { clientTlsProblem } from '#core/tls/client.ts';
import { serverTlsProblem } from '#core/tls/server.ts';
import type { World } from '#core/world.ts';
import { buildLinker } from './build.ts';
import type { LinkerConfig } from './config.ts';

/**
 * What would keep a linker with this configuration, here and in this environment, from starting or from using its TLS
 * files: found by building all of it. Opens no port, asks nobody and follows nothing.
 */
export function checkLinker(loaded: Loaded<LinkerConfig>, env: World['env']): readonly Problem[] {
  const metrics = new Metrics();
  const found = tlsProblems(loaded.value).map(loaded.placed);
  try {
    buildLinker(loaded, { clock: new ManualClock(), random: () => 0, env, log: noLog, metrics }, metrics).close();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    found.push(...error.problems);
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

function tlsProblems({ admin, routers }: LinkerConfig): Remark[] {
  const found: Remark[] = [];
  const note = (path: Remark['path'], text: string | undefined): void => {
    if (text !== undefined) found.push({ path: [...path, 'tls'], text });
  };
  if (admin.tls) note(['admin'], serverTlsProblem(admin.tls));
  for (const [r, { servers, client }] of routers.entries()) {
    for (const [s, { tls }] of servers.entries()) if (tls) note(['routers', r, 'servers', s], serverTlsProblem(tls));
    for (const { params, at } of client)
      if (params.tls?.enabled) note(['routers', r, 'client', ...at], clientTlsProblem(params.tls));
  }
  return found;
}
