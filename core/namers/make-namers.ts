import { makeEach } from '../config/parts.ts';
import { namersAlone } from '../naming/interpreter.ts';
import type { BindPath, Namer } from '../naming/namer.ts';
import { transformedNamer } from '../naming/transformer.ts';
import { transformerKinds } from '../transformers/kinds.ts';
import type { World } from '../world.ts';
import type { NamerConfig } from './fields.ts';
import { namerKinds } from './kinds.ts';

/**
 * The namers of a process, in the order of its configuration, each with its transformers. A transformer such as
 * `io.l5d.replace` may name any of them. Throws a PartsError.
 */
export function makeNamers(
  configs: readonly NamerConfig[],
  world: World,
  utilities: readonly Namer[],
): readonly Namer[] {
  const namers: Namer[] = [];
  const bindPath: BindPath = (path) => namersAlone(namers, utilities)(path);
  makeEach([], configs, (config) => {
    const transformers = makeEach(['transformers'], config.transformers ?? [], (t) => transformerKinds.make(t, world));
    namers.push(transformedNamer(namerKinds.make(config, world), transformers, bindPath));
  });
  return namers;
}
