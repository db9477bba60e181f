import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { fromLinkerdFlags } from './linkerd-flags.ts';

/**
 * The command `heddle`. Exit status: 0 done, 1 it did not work, 2 the command line makes no sense. What a command was
 * asked for goes to standard output, everything else to standard error.
 */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('heddle')
    .description('A service mesh for Kubernetes that runs Linkerd 1.x configuration.')
    .showHelpAfterError()
    .exitOverride();
  for (const register of commands) register(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(fromLinkerdFlags(argv), { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`heddle: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env['HEDDLE_DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

// A process that has drained is over, whatever still waits for something in it.
void main(process.argv.slice(2)).then((status) => process.exit(status));
