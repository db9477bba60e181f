import { resolve } from 'node:path';
import * as z from 'zod';
import { file } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { WatchedFiles } from '../files/watched-files.ts';
import { toBytes } from '../naming/labels.ts';
import type { Interpreter } from '../naming/namer.ts';
import { type InterpreterDeps, interpreterFields } from './fields.ts';
import { storedDtab, storedInterpreter } from './stored-dtab.ts';

/**
 * Binds in this process, by a table in a file that is followed as it changes; the router's own table comes after it.
 *
 * As in Linkerd, names in use keep what they are bound to while the file is gone or is no table; while it is no table
 * other names fail with what is wrong with it.
 */
export const fsInterpreter = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.fs'),
    ...interpreterFields,
    dtabFile: file.describe('The file that holds the dtab.'),
  }),
  make({ dtabFile }, { namers, world }: InterpreterDeps): Interpreter {
    const text = new WatchedFiles(world.clock).read(toBytes(resolve(dtabFile)));
    return storedInterpreter({ kind: 'io.l5d.fs', source: dtabFile }, storedDtab(text, dtabFile, world.log), namers);
  },
});
