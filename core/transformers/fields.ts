import { path } from '../config/fields.ts';
import { Path } from '../naming/path.ts';
import { transformerElement } from '../naming/transformer.ts';

/** The key that every transformer has. */
export const transformerFields = {
  /** Under `/%`, in place of the kind and its values. */
  prefix: path.optional(),
};

/** The tag of a transformer: `/%` and its configured prefix, else its kind and what tells it from others of its kind. */
export function tagOf(config: { readonly kind: string; readonly prefix?: Path | undefined }, ...more: string[]): Path {
  return Path.of(transformerElement).concat(config.prefix ?? Path.utf8(config.kind, ...more));
}
