import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { emptyDtab } from '../naming/dtab.ts';
import { configuredInterpreter } from '../naming/interpreter.ts';
import type { Interpreter } from '../naming/namer.ts';
import { type InterpreterDeps, interpreterFields } from './fields.ts';

/** Binds in this process, by the configured namers. It has no table of its own: the router's comes with each request. */
export const defaultInterpreter = defineKind({
  schema: z.strictObject({ kind: z.literal('default'), ...interpreterFields }),
  make: (_config, { namers }: InterpreterDeps): Interpreter =>
    configuredInterpreter(emptyDtab, namers.configured, namers.utilities),
});
