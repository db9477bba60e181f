import type { Clock } from '../../clock.ts';
import type { HostResolver } from '../../host.ts';
import { toText } from '../../naming/labels.ts';
import { UnknownNamer, utilityNamerElement } from '../../naming/lookup.ts';
import { type Addr, address, boundAddr, boundName, type Name, negAddr } from '../../naming/name.ts';
import { leaf, type NameTree, neg } from '../../naming/name-tree.ts';
import type { Namer } from '../../naming/namer.ts';
import { Path } from '../../naming/path.ts';
import { Activity } from '../../reactive/activity.ts';
import { KeyedActivities } from '../../reactive/keyed.ts';
import { PolledHosts } from '../polled-hosts.ts';

/**
 * `/$/inet/<host>/<port>`, `/$/inet/<port>` (this host), the same under `fixedinet`, which resolves once, and
 * `/$/io.buoyant.rinet/<port>/<host>`. Any host gives a leaf; one that does not exist has the address neg.
 */
export function inetNamers(clock: Clock, resolve: HostResolver): readonly Namer[] {
  const polled = new Hosts(new PolledHosts(clock, resolve));
  const fixed = new Hosts(new PolledHosts(clock, resolve, Number.POSITIVE_INFINITY));
  return [inet('inet', polled), inet('fixedinet', fixed), rinet(polled)];
}

function inet(kind: string, hosts: Hosts): Namer {
  const prefix = Path.of(kind);
  const root = Path.of(utilityNamerElement, kind);
  return {
    prefix,
    lookup(path) {
      const [first = '', second = ''] = path.segments;
      if (isInt(second)) return hosts.leaf(root, path, 2, first, second);
      if (isInt(first)) return hosts.leaf(root, path, 1, '', first);
      return Activity.failed(new UnknownNamer(root.concat(path)));
    },
  };
}

function rinet(hosts: Hosts): Namer {
  const prefix = Path.of('io.buoyant.rinet');
  const root = Path.of(utilityNamerElement).concat(prefix);
  return {
    prefix,
    lookup(path) {
      const [port, host] = path.segments;
      return port === undefined || host === undefined ? Activity.value(neg) : hosts.leaf(root, path, 2, host, port);
    },
  };
}

const isInt = (text: string): boolean => /^[+-]?\d{1,10}$/.test(text);

/** Addresses of hosts, each polled once however many names need it. */
class Hosts {
  readonly #hosts: PolledHosts;
  readonly #addrs: KeyedActivities<Addr>;

  constructor(hosts: PolledHosts) {
    this.#hosts = hosts;
    // By host:port, so that as long as it is observed one name keeps one address activity.
    this.#addrs = new KeyedActivities((key, set) => this.#addr(key).states.observe(set));
  }

  /** A leaf whose id is the first `size` elements of `path` under `root`. */
  leaf(root: Path, path: Path, size: number, host: string, port: string): Activity<NameTree<Name>> {
    const id = root.concat(path.take(size));
    return Activity.value(leaf(boundName(id, path.drop(size), this.#addrs.get(`${host}:${port}`))));
  }

  #addr(hostPort: string): Activity<Addr> {
    const [host = '', port = '', ...more] = hostPort.split(':');
    if (more.length > 0) {
      return Activity.failed(new Error(`requirement failed: You must specify host and port in hosts: ${hostPort}`));
    }
    if (!isInt(port)) return Activity.failed(new Error(`For input string: "${port}"`));
    const number = Number(port);
    if (number < 0 || number > 65535) return Activity.failed(new Error(`port out of range:${number}`));
    return this.#hosts
      .of(toText(host))
      .map((all) => (all === undefined ? negAddr : boundAddr(...all.map((a) => address(a, number)))));
  }
}
