import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { systemResolver } from '../host.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, boundName } from '../naming/name.ts';
import { neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { ZkClient } from '../zookeeper/client.ts';
import type { ZkAddress } from '../zookeeper/connection.ts';
import { type Endpoint, endpointAddr } from './endpoints.ts';
import { existing } from './existing.ts';
import { PolledHosts } from './polled-hosts.ts';
import { readLeader } from './serverset-member.ts';
import { nodePath, zkFields } from './zk-fields.ts';

/**
 * Binds the path of a group of candidates in ZooKeeper to its leader: the member with the lowest number at the end of
 * its name, which holds `host:port`. Neg: no such group, or nobody in it.
 */
export const zkLeaderNamer = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.zkLeader'), ...zkFields }),
  make({ zkAddrs, ...config }, world: World): Namer {
    const prefix = config.prefix ?? Path.of(config.kind);
    const root = Path.of(configuredNamerElement).concat(prefix);
    const leaders = new Leaders(zkAddrs, world);
    return {
      prefix,
      followed: () => leaders.addrs.states(),
      lookup: (path) => (nodePath(path) === undefined ? Activity.value(neg) : leaders.bind(root.concat(path), path)),
    };
  },
});

/** Leaders of the groups of one ensemble. */
export class Leaders {
  readonly addrs: KeyedActivities<Addr>;

  constructor(servers: readonly ZkAddress[], world: World) {
    const client = ZkClient.of(world, servers);
    const hosts = new PolledHosts(world.clock, world.resolve ?? systemResolver);
    this.addrs = new KeyedActivities((node, set) =>
      leaderOf(client, node)
        .distinct(isDeepStrictEqual)
        .flatMap((leader) => endpointAddr(leader === undefined ? [] : [leader], hosts))
        .stabilized()
        .states.observe(set),
    );
  }

  /** The leader of the group at a path that is a node's. */
  bind(id: Path, group: Path) {
    return existing(boundName(id, Path.empty, this.addrs.get(nodePath(group) ?? '/')));
  }
}

function leaderOf(client: ZkClient, node: string): Activity<Endpoint | undefined> {
  return client
    .children(node)
    .map((names) => first(names ?? []))
    .distinct(Object.is)
    .flatMap((name): Activity<Endpoint | undefined> => {
      if (name === undefined) return Activity.value(undefined);
      return client.data(`${node}/${name}`).map((data) => (data === undefined ? undefined : readLeader(data)));
    });
}

/** The name with the lowest number at its end, as ZooKeeper gives them in sequence. */
function first(names: readonly string[]): string | undefined {
  const numbered = names.flatMap((name) => {
    const digits = /\d+$/.exec(name)?.[0];
    return digits === undefined ? [] : [{ name, number: Number(digits) }];
  });
  return numbered.sort((a, b) => a.number - b.number)[0]?.name;
}
