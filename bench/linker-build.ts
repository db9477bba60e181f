import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { linkerCommand } from '#test/helpers/linker-command.ts';

const root = join(import.meta.dirname, '..');

/**
 * The command that runs the linker as it is shipped: one bundled file with its starter, built into `dir`. HEDDLE_LINKER puts another in
 * its place.
 */
export function builtLinker(dir: string): readonly string[] {
  if (process.env['HEDDLE_LINKER'] !== undefined) return linkerCommand();
  const dist = join(dir, 'dist');
  execFileSync(process.execPath, [join(root, 'scripts/build.ts'), dist], { stdio: ['ignore', 'ignore', 'inherit'] });
  return [join(dist, 'heddle'), 'linker'];
}

/** The linker from its sources, so that a profile can say file and line, with `flags` given to Node. */
export function linkerFromSource(flags: readonly string[]): readonly string[] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', ...flags, join(root, 'cli/main.ts'), 'linker'];
}
