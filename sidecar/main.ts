import { systemClock } from '#core/clock.ts';
import { ConfigError } from '#core/config/problem.ts';
import { ConfigUnreadable, readConfigFile } from '#core/config/read-file.ts';
import { type LogLevel, processLog } from '#core/telemetry/log.ts';
import { assemble, type Linker } from './assemble.ts';
import { loadLinkerConfig } from './config.ts';
import { tidy } from './tidy.ts';

export interface LinkerOptions {
  /** Path of the configuration; `-` is standard input. */
  readonly file: string;
  /** Read the configuration, say what is wrong with it, and open nothing. */
  readonly validate: boolean;
  readonly logLevel: LogLevel;
}

/**
 * Runs a linker until SIGTERM, SIGINT or a POST to `/admin/shutdown`. Exit status: 0 when everything in flight ended,
 * 1 when the grace period ran out or the linker could not start.
 */
export async function runLinker({ file, validate, logLevel }: LinkerOptions): Promise<number> {
  const log = processLog('linker', logLevel);
  let config: ReturnType<typeof loadLinkerConfig>;
  try {
    config = loadLinkerConfig(readConfigFile(file), file);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ConfigUnreadable)) throw error;
    process.stderr.write(`${error.message}\n`);
    // Linkerd's -validate finds only what is wrong with the file by itself.
    return validate && error instanceof ConfigError && error.problems.every((p) => p.late) ? 0 : 1;
  }
  for (const warning of config.warnings)
    log.warn({ file, line: warning.line, key: warning.key, text: warning.text }, 'configuration');
  if (validate) return 0;

  const end = Promise.withResolvers<number>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => end.resolve(config.value.admin.shutdownGraceMs));
  }
  let linker: Linker;
  try {
    linker = await assemble(config, log, end.resolve);
  } catch (error) {
    log.error({ err: error instanceof Error ? error.message : String(error) }, 'cannot start');
    return 1;
  }
  log.info({ admin: linker.adminPort, ports: linker.ports }, 'initialized');
  tidy(systemClock);
  const graceMs = await end.promise;
  log.info({ graceMs }, 'draining');
  const clean = await linker.drain(graceMs);
  log.info({ clean }, 'stopped');
  return clean ? 0 : 1;
}
