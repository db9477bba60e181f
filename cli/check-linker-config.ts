import { ConfigError, showProblem } from '#core/config/problem.ts';
import { ConfigUnreadable, readConfigFile } from '#core/config/read-file.ts';
import { checkLinker } from '#sidecar/check.ts';
import { loadLinkerConfig } from '#sidecar/config.ts';

/** Prints what is wrong with a linker's configuration, and what is odd; true where it would start here. */
export function checkLinkerConfig(file: string, env: Readonly<Record<string, string | undefined>>): boolean {
  try {
    const loaded = loadLinkerConfig(readConfigFile(file), file);
    for (const warning of loaded.warnings) process.stderr.write(`${showProblem(file, warning)} (warning)\n`);
    const problems = checkLinker(loaded, env);
    if (problems.length > 0) throw new ConfigError(file, problems);
    const { routers } = loaded.value;
    const servers = routers.reduce((sum, { servers }) => sum + servers.length, 0);
    process.stdout.write(`${file}: good, routers: ${routers.length}, servers: ${servers}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ConfigUnreadable)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}
