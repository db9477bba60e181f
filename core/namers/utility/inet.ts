import type { Clock } from '../../clock.ts';
import { type Closable, closeAll, nothingToClose } from '../../closable.ts';
import { type HostResolver, numericHost } from '../../host.ts';
import { toText } from '../../naming/labels.ts';
import { UnknownNamer, utilityNamerElement } from '../../naming/lookup.ts';
import { type Addr, address, boundAddr, boundName, type Name, negAddr } from '../../naming/name.ts';
import { leaf, type NameTree, neg } from '../../naming/name-tree.ts';
import type { Namer } from '../../naming/namer.ts';
import { Path } from '../../naming/path.ts';
import { Activity, ok, type State } from '../../reactive/activity.ts';
import { KeyedActivities } from '../../reactive/keyed.ts';

/** How often names are looked up again. */
const pollMs = 5000;

/**
 * `/$/inet/<host>/<port>`, `/$/inet/<port>` (this host), the same under `fixedinet`, which resolves once, and
 * `/$/io.buoyant.rinet/<port>/<host>`. Any host gives a leaf; one that does not exist has the address neg.
 */
export function inetNamers(clock: Clock, resolve: HostResolver): readonly Namer[] {
  const polled = new Hosts((host, set) => pollHost(host, clock, resolve, set, pollMs));
  const fixed = new Hosts((host, set) => pollHost(host, clock, resolve, set, Number.POSITIVE_INFINITY));
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
  readonly #addresses: KeyedActivities<readonly string[] | undefined>;
  readonly #addrs: KeyedActivities<Addr>;

  constructor(start: (host: string, set: (state: State<readonly string[] | undefined>) => void) => Closable) {
    this.#addresses = new KeyedActivities(start);
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
    const numeric = numericHost(host);
    if (numeric !== undefined) return Activity.value(boundAddr(address(numeric, number)));
    return this.#addresses
      .get(host)
      .map((all) => (all === undefined ? negAddr : boundAddr(...all.map((a) => address(a, number)))));
  }
}

/** Undefined: there is no such host. A resolver that is only out of reach leaves the last answer standing. */
function pollHost(
  host: string,
  clock: Clock,
  resolve: HostResolver,
  set: (state: State<readonly string[] | undefined>) => void,
  everyMs: number,
): Closable {
  let open = true;
  let last: string | undefined;
  let timer: Closable = nothingToClose;
  const poll = async (): Promise<void> => {
    const asked = clock.now();
    const found = await resolve(toText(host)).catch((error: unknown) => (isOutOfReach(error) && last ? 'same' : []));
    if (!open) return;
    const answer = found === 'same' ? last : [...new Set(found)].sort().join(' ');
    if (answer !== last) set(ok(answer ? answer.split(' ') : undefined));
    last = answer;
    if (everyMs < Number.POSITIVE_INFINITY) timer = clock.after(everyMs - (clock.now() - asked), () => void poll());
  };
  void poll();
  return closeAll({ close: () => (open = false) }, { close: () => timer.close() });
}

const isOutOfReach = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAI_AGAIN';
