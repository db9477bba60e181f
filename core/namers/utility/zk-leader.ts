import { toText } from '../../naming/labels.ts';
import { utilityNamerElement } from '../../naming/lookup.ts';
import { type Addr, boundName } from '../../naming/name.ts';
import { neg } from '../../naming/name-tree.ts';
import type { Namer } from '../../naming/namer.ts';
import { Path } from '../../naming/path.ts';
import { Activity } from '../../reactive/activity.ts';
import { KeyedActivities } from '../../reactive/keyed.ts';
import type { World } from '../../world.ts';
import type { ZkAddress } from '../../zookeeper/connection.ts';
import { existing } from '../existing.ts';
import { nodePath } from '../zk-fields.ts';
import { Leaders } from '../zk-leader.ts';

const prefix = Path.of('io.buoyant.namer.zk.leader');
const root = Path.of(utilityNamerElement).concat(prefix);
/** Servers of an ensemble that a name may list. */
const maxServers = 16;

/**
 * `/$/io.buoyant.namer.zk.leader/<host:port,host:port>/<path of a group>`: as the namer `io.l5d.zkLeader`, on the servers
 * that the name says. Neg where it says none.
 */
export function zkLeaderUtility(world: World): Namer {
  const addrs = new KeyedActivities<Addr>((text, set) => {
    const { servers, group } = read(Path.read(text));
    return new Leaders(servers, world).addrs.get(nodePath(group) ?? '/').states.observe(set);
  });
  return {
    prefix,
    lookup(path) {
      const { servers, group } = read(path);
      if (servers.length === 0 || nodePath(group) === undefined) return Activity.value(neg);
      return existing(boundName(root.concat(path), Path.empty, addrs.get(path.show)));
    },
  };
}

function read(path: Path): { readonly servers: readonly ZkAddress[]; readonly group: Path } {
  const texts = toText(path.segments[0] ?? '').split(',');
  const servers = texts.flatMap((text) => {
    const [, host = '', port = ''] = /^(\w[\w.-]*):(\d{1,5})$/.exec(text) ?? [];
    return host !== '' && Number(port) > 0 && Number(port) <= 65_535 ? [{ host, port: Number(port) }] : [];
  });
  return {
    servers: servers.length === texts.length && servers.length <= maxServers ? servers : [],
    group: path.drop(1),
  };
}
