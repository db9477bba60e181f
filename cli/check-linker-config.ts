import { ConfigError, showProblem } from '#core/config/problem.ts';
import { ConfigUnreadable, readConfigFile } from '#core/config/read-file.ts';
import { loadLinkerConfig } from '#sidecar/config.ts';

/** Prints what is wrong with a linker's configuration, and what is odd; true where it would start. */
export function checkLinkerConfig(file: string): boolean {
  try {
    const { value, warnings } = loadLinkerConfig(readConfigFile(file), file);
    for (const warning of warnings) process.stderr.write(`${showProblem(file, warning)} (warning)\n`);
    const servers = value.routers.reduce((sum, { servers }) => sum + servers.length, 0);
    process.stdout.write(`${file}: good, routers: ${value.routers.length}, servers: ${servers}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ConfigUnreadable)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}
