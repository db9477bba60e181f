import type { Clock } from '../clock.ts';
import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { type HostResolver, numericHost } from '../host.ts';
import { Activity, ok, type State } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';

/** How often names are looked up again: as Linkerd does. */
const pollMs = 5000;

/** Addresses of hosts as they change, each looked up once however many ask. */
export class PolledHosts {
  readonly #running: KeyedActivities<readonly string[] | undefined>;

  constructor(clock: Clock, resolve: HostResolver, everyMs: number = pollMs) {
    this.#running = new KeyedActivities((host, set) => pollHost(host, clock, resolve, set, everyMs));
  }

  /** All addresses of a host, numeric and in order; undefined: there is no such host. */
  of(host: string): Activity<readonly string[] | undefined> {
    const numeric = numericHost(host);
    return numeric === undefined ? this.#running.get(host) : Activity.value([numeric]);
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
    const found = await resolve(host).catch((error: unknown) => (isOutOfReach(error) && last ? 'same' : []));
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
