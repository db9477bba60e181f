import type { Command } from 'commander';

interface Options {
  readonly validate?: true;
  readonly logLevel: string;
}

export function linker(program: Command): void {
  program
    .command('linker')
    .summary('run the proxy')
    .description('Runs the proxy with a Linkerd 1.x configuration, YAML or JSON. `-` reads standard input.')
    .argument('<config>', 'path to config')
    .option('--validate', 'read the configuration, say what is wrong with it, and open nothing')
    .option('--log-level <level>', 'DEBUG, INFO, WARNING or ERROR', 'INFO')
    .action(async (file: string, options: Options, command: Command) => {
      const { logLevel } = await import('#core/config/fields.ts');
      const level = logLevel.safeParse(options.logLevel);
      if (!level.success) return command.error(level.error.issues.map((i) => i.message).join(', '));
      const { runLinker } = await import('#sidecar/main.ts');
      process.exitCode = await runLinker({ file, validate: options.validate ?? false, logLevel: level.data });
    });
}
