import * as z from 'zod';
import { path } from '../config/fields.ts';
import type { KindConfig } from '../config/kind.ts';
import { transformerKinds } from '../transformers/kinds.ts';

/** The keys that every namer has, beside `experimental`, which its family adds. */
export const namerFields = {
  /** Under `/#`; by default `/` and the kind. */
  prefix: path.optional(),
  transformers: z.array(transformerKinds.schema).optional(),
};

/** What a configured namer is known to have, whatever its kind. */
export type NamerConfig = KindConfig & { readonly transformers?: readonly KindConfig[] | undefined };
