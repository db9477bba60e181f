import { namersAlone } from '../naming/interpreter.ts';
import type { BindPath, Namer } from '../naming/namer.ts';
import { transformedNamer } from '../naming/transformer.ts';
import { transformerKinds } from '../transformers/kinds.ts';
import type { World } from '../world.ts';
import type { NamerConfig } from './fields.ts';
import { namerKinds } from './kinds.ts';

/**
 * The namers of a process, in the order of its configuration, each with its transformers. A transformer such as
 * `io.l5d.replace` may name any of them.
 */
export function makeNamers(
  configs: readonly NamerConfig[],
  world: World,
  utilities: readonly Namer[],
): readonly Namer[] {
  const namers: Namer[] = [];
  const bindPath: BindPath = (path) => namersAlone(namers, utilities)(path);
  for (const config of configs) {
    const transformers = (config.transformers ?? []).map((t) => transformerKinds.make(t, world));
    namers.push(transformedNamer(namerKinds.make(config, world), transformers, bindPath));
  }
  return namers;
}
