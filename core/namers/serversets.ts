import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { systemResolver } from '../host.ts';
import { firstNotNeg } from '../naming/first.ts';
import { toText } from '../naming/labels.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, boundName, type Name } from '../naming/name.ts';
import { type NameTree, neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity, ok } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { ZkClient } from '../zookeeper/client.ts';
import { type Endpoint, endpointAddr } from './endpoints.ts';
import { existing } from './existing.ts';
import { PolledHosts } from './polled-hosts.ts';
import { isMember, readMember } from './serverset-member.ts';
import { nodePath, zkFields } from './zk-fields.ts';

/** Elements of a name that may be a node's path: names come from callers, and each beginning of one is looked at. */
const maxDepth = 16;

/**
 * Binds the path of a serverset in ZooKeeper to its members that are alive. The last element may end with `:` and the
 * name of an additional endpoint. A path that is none is tried without its last elements, which are residual then. Neg:
 * no beginning of it is a serverset with such members.
 */
export const serversetsNamer = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.serversets'), ...zkFields }),
  make({ zkAddrs, ...config }, world: World): Namer {
    const prefix = config.prefix ?? Path.of(config.kind);
    const root = Path.of(configuredNamerElement).concat(prefix);
    const client = ZkClient.of(world, zkAddrs);
    const hosts = new PolledHosts(world.clock, world.resolve ?? systemResolver);
    const addrs = new KeyedActivities<Addr>((text, set) => {
      const { path, endpoint } = serversetIn(Path.read(text));
      return membersOf(client, path, endpoint)
        .distinct(isDeepStrictEqual)
        .flatMap((endpoints) => endpointAddr(endpoints, hosts))
        .stabilized()
        .states.observe(set);
    });

    return {
      prefix,
      followed: () => addrs.states(),
      lookup(path) {
        const sizes = Array.from(
          { length: Math.min(path.size, maxDepth) },
          (_, i) => Math.min(path.size, maxDepth) - i,
        );
        const candidates = sizes.filter((size) => nodePath(serversetIn(path.take(size)).path) !== undefined);
        if (candidates.length === 0) return Activity.value(neg);
        return firstNotNeg(
          candidates.map((size) => (): Activity<NameTree<Name>> => {
            const id = path.take(size);
            return existing(boundName(root.concat(id), path.drop(size), addrs.get(id.show)));
          }),
        );
      },
    };
  },
});

function serversetIn(path: Path): { readonly path: Path; readonly endpoint: string | undefined } {
  const last = path.segments.at(-1) ?? '';
  const colon = last.indexOf(':');
  if (colon <= 0) return { path, endpoint: undefined };
  const own = Path.of(...path.segments.slice(0, -1), last.slice(0, colon));
  return { path: own, endpoint: toText(last.slice(colon + 1)) };
}

/** What is known of members counts; one that has just gone, or is not read yet, does not keep the others waiting. */
function membersOf(client: ZkClient, path: Path, endpoint: string | undefined): Activity<readonly Endpoint[]> {
  const node = nodePath(path) ?? '/';
  return client
    .children(node)
    .map((names) => (names ?? []).filter(isMember).sort())
    .distinct(isDeepStrictEqual)
    .flatMap((members) => {
      const states = Activity.collectStates(members.map((member) => client.data(`${node}/${member}`)));
      return Activity.from<readonly Endpoint[]>((set) =>
        states.observe((all) => {
          if (all.length > 0 && all.every((state) => state.kind === 'pending')) return;
          set(
            ok(
              all.flatMap((state) => {
                const data = state.kind === 'ok' ? state.value : undefined;
                const found = data === undefined ? undefined : readMember(data, endpoint);
                return found === undefined ? [] : [found];
              }),
            ),
          );
        }),
      );
    });
}
