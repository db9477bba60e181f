import type { Command } from 'commander';

export function version(program: Command): void {
  program
    .command('version')
    .description('Says which version this is.')
    .action(async () => {
      const { version: number } = await import('#core/version.ts');
      process.stdout.write(`heddle ${number}\n`);
    });
}
