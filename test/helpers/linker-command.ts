import { join } from 'node:path';

/**
 * The command that runs the linker, without its configuration file: the checkout's, or what HEDDLE_LINKER says (words
 * parted by blanks), so that a built bundle or an image can be tested and measured in its place.
 */
export function linkerCommand(): readonly [program: string, ...words: string[]] {
  const chosen = process.env['HEDDLE_LINKER']?.split(' ') ?? [];
  const [program, ...words] = chosen;
  return program === undefined ? [join(import.meta.dirname, '../../bin/heddle'), 'linker'] : [program, ...words];
}
