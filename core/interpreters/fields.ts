import * as z from 'zod';
import type { KindConfig } from '../config/kind.ts';
import type { Namers } from '../naming/lookup.ts';
import { transformerKinds } from '../transformers/kinds.ts';
import type { World } from '../world.ts';

/** The key that every interpreter has, beside `experimental`, which its family adds. */
export const interpreterFields = {
  transformers: z.array(transformerKinds.schema).optional(),
};

/** What a configured interpreter is known to have, whatever its kind. */
export type InterpreterConfig = KindConfig & { readonly transformers?: readonly KindConfig[] | undefined };

/** What interpreters are made with. */
export interface InterpreterDeps {
  readonly namers: Namers;
  readonly world: World;
}
