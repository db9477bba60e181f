import { makeEach } from '../config/parts.ts';
import { namersAlone } from '../naming/interpreter.ts';
import type { Interpreter } from '../naming/namer.ts';
import { transformedInterpreter } from '../naming/transformer.ts';
import { transformerKinds } from '../transformers/kinds.ts';
import type { InterpreterConfig, InterpreterDeps } from './fields.ts';
import { interpreterKinds } from './kinds.ts';

/**
 * The interpreter of a router, with its transformers. The caller gives the router's dtab, then the request's, with each
 * binding (as the local part), since interpreters know neither. Throws what is wrong with it, a PartsError of its transformers.
 */
export function makeInterpreter(config: InterpreterConfig, deps: InterpreterDeps): Interpreter {
  const { configured, utilities } = deps.namers;
  const transformers = makeEach(['transformers'], config.transformers ?? [], (t) =>
    transformerKinds.make(t, deps.world),
  );
  return transformedInterpreter(interpreterKinds.make(config, deps), transformers, namersAlone(configured, utilities));
}
