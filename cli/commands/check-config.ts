import type { Command } from 'commander';

export function checkConfig(program: Command): void {
  program
    .command('check-config')
    .summary('say all that is wrong with a configuration')
    .description(
      'Builds all that configurations of linkers ask for, opens nothing, and says what is wrong with each, with file, line and column.',
    )
    .argument('<files...>', 'YAML or JSON; - is standard input')
    .action(async (files: readonly string[]) => {
      const { checkLinkerConfig } = await import('../check-linker-config.ts');
      let good = true;
      for (const file of files) good = checkLinkerConfig(file, process.env) && good;
      process.exitCode = good ? 0 : 1;
    });
}
