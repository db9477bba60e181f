import type { Command } from 'commander';
import { checkConfig } from './commands/check-config.ts';
import { inject } from './commands/inject.ts';
import { injector } from './commands/injector.ts';
import { install } from './commands/install.ts';
import { linker } from './commands/linker.ts';
import { version } from './commands/version.ts';

/**
 * Adds a command to the program. The file that does it imports nothing but commander: what the command needs is
 * imported when it runs, so that `heddle --help` is there at once.
 */
export type Register = (program: Command) => void;

/** Every command, in the order in which the help lists them. */
export const commands: readonly Register[] = [linker, install, injector, inject, checkConfig, version];
