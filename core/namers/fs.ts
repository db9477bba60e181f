import * as z from 'zod';
import { directory } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { type Listing, WatchedFiles } from '../files/watched-files.ts';
import { type HostResolver, systemResolver } from '../host.ts';
import { toBytes } from '../naming/labels.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, boundName, type Name } from '../naming/name.ts';
import { leaf, type NameTree, neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { namerFields } from './fields.ts';
import { readAddresses } from './fs-addresses.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.fs'),
  ...namerFields,
  rootDir: directory.describe('The directory whose files list addresses, one `host port` a line.'),
});

export const fsNamer = defineKind({
  schema,
  make: (config, world: World): Namer =>
    makeFsNamer(config.prefix ?? Path.of(config.kind), config.rootDir, new WatchedFiles(world.clock), world.resolve),
});

/**
 * Names are paths under `rootDir`: the first element that is a file ends the id, the rest is the residual. A missing
 * file is neg until it is there. Only what a listing shows is ever opened, so no name leads out of the directory.
 */
export function makeFsNamer(
  prefix: Path,
  rootDir: string,
  files: WatchedFiles,
  resolve: HostResolver = systemResolver,
): Namer {
  const addrs = new KeyedActivities<Addr>((file, set) =>
    files
      .read(file)
      .flatMap((text) => readAddresses(text, resolve))
      .states.observe(set),
  );

  function under(directory: string, id: Path, rest: Path): Activity<NameTree<Name>> {
    const [name] = rest.segments;
    if (name === undefined) return Activity.value(neg);
    const found = { file: `${directory}/${name}`, id: id.concat(rest.take(1)), rest: rest.drop(1) };
    return files.list(directory).flatMap((listing) => {
      switch (listing.get(name)) {
        case 'file':
          return Activity.value(leaf(boundName(found.id, found.rest, addrs.get(found.file))));
        case 'directory':
          return under(found.file, found.id, found.rest);
        default:
          return Activity.value(neg);
      }
    });
  }

  const root = Path.of(configuredNamerElement).concat(prefix);
  const top = toBytes(rootDir);
  return {
    prefix,
    followed: () => addrs.states(),
    lookup: (path) => under(top, root, path),
    names: files.list(top).map((listing) => [...filesIn(listing)].map((name) => root.concat(Path.of(name)).show)),
  };
}

function* filesIn(listing: Listing): Iterable<string> {
  for (const [name, what] of listing) if (what === 'file') yield name;
}
