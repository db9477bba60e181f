import { type Closable, nothingToClose } from '../closable.ts';
import { Activity, failed, ok, type State } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import type { ApiClient, Failure } from './client.ts';
import { Held, isOlder, type Snapshot } from './held.ts';
import type { Resource } from './resource.ts';
import type { KubeObject } from './resources.ts';

type Break = 'closed' | 'gone' | 'silent' | 'broken' | 'overloaded' | 'refused' | 'garbled';

/** What follows each way a watch can end, and whether that is a failure. After a list that failed comes a list. */
const afterwards: { readonly [B in Break]: { readonly next: 'list' | 'watch'; readonly failure: boolean } } = {
  closed: { next: 'watch', failure: false }, // servers end watches every few minutes
  gone: { next: 'list', failure: false }, // 410: our version is too old to start from
  silent: { next: 'watch', failure: true }, // past the time at which the server should have ended it
  broken: { next: 'watch', failure: true }, // no connection, a reset, no answer
  overloaded: { next: 'watch', failure: true }, // 429 and 5xx
  refused: { next: 'list', failure: true }, // any other status
  garbled: { next: 'list', failure: true }, // not understood, so something may be missing
};

const pageSize = 500;
/** How long a watch is asked to last; spread, so that watches made together do not end together. */
const watchSeconds = { least: 240, spread: 120 };
const silenceGraceMs = 15_000;
/** Failures in a row after which a list is tried: versions can be from a future that a restored etcd never had. */
const watchesUntilList = 5;
/** A watch that lasted so long was a success, whether or not anything happened. */
const lastedMs = 1_000;
/** Before trying again: 50 to 100 ms, the range doubling with every failure in a row. */
const wait = { baseMs: 100, capMs: 10_000 };

/** The API does not let us list something (401, 403) or does not have it (404). */
export class RefusedError extends Error {
  readonly status: number;

  constructor(path: string, status: number, message: string) {
    super(`Kubernetes API answered ${status} to ${path}: ${message}`);
    this.status = status;
  }
}

/**
 * Follows a part of the Kubernetes API: lists it, then watches it from the version the list had, for ever.
 *
 *     listing ─► watching ─► (one of `afterwards`) ─► waiting ─► listing | watching
 *
 * What was seen stays good through every break: once ok, the state is never pending or failed again. It fails only
 * while the first list is refused, which is tried again all the same. Lines read together make one snapshot.
 */
export function watch<T>(client: ApiClient, resource: Resource<T>, world: World): Activity<Snapshot<T>> {
  return Activity.from<Snapshot<T>>((set) => new Watch(client, resource, world, set));
}

interface Page {
  readonly items?: readonly KubeObject[] | null;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject & { readonly code?: number; readonly message?: string };
}

class Watch<T> implements Closable {
  readonly #client: ApiClient;
  readonly #resource: Resource<T>;
  readonly #world: World;
  readonly #set: (state: State<Snapshot<T>>) => void;
  #held: Held<T>;
  #doing: 'list' | 'watch' = 'list';
  /** Where the next watch starts; empty: with whatever the server has. */
  #version = '';
  #known = false;
  #failures = 0;
  #closed = false;
  #current: Closable = nothingToClose;
  #silence: Closable = nothingToClose;

  constructor(client: ApiClient, resource: Resource<T>, world: World, set: (state: State<Snapshot<T>>) => void) {
    this.#client = client;
    this.#resource = resource;
    this.#world = world;
    this.#set = set;
    this.#held = new Held(resource.read);
    this.#list();
  }

  close(): void {
    this.#closed = true;
    this.#current.close();
    this.#silence.close();
  }

  #list(): void {
    this.#doing = 'list';
    this.#count('lists');
    const fresh = new Held(this.#resource.read);
    if (this.#resource.named) this.#listOne(fresh);
    else this.#listPage(fresh, '');
  }

  #listOne(fresh: Held<T>): void {
    this.#current = this.#client.get(this.#resource.list, (answer) => {
      if (answer.kind === 'ok') {
        const object = answer.body as KubeObject;
        this.#put(fresh, object);
        this.#listed(fresh, object.metadata?.resourceVersion);
      } else if (answer.kind === 'status' && answer.status === 404) {
        this.#listed(fresh, undefined); // not made yet; the watch tells when it is
      } else this.#broke(breakOf(answer), answer);
    });
  }

  /** Objects are read page by page, so that never more than one page is held in full. */
  #listPage(fresh: Held<T>, token: string): void {
    const query = { limit: String(pageSize), continue: token };
    this.#current = this.#client.get(withQuery(this.#resource.list, query), (answer) => {
      if (answer.kind !== 'ok') return this.#broke(breakOf(answer), answer);
      const page = answer.body as Page | null;
      for (const object of page?.items ?? []) this.#put(fresh, object);
      const more = page?.metadata?.continue ?? '';
      if (more === '') this.#listed(fresh, page?.metadata?.resourceVersion);
      else this.#listPage(fresh, more);
    });
  }

  #listed(fresh: Held<T>, version: string | undefined): void {
    this.#held = fresh;
    this.#version = version ?? '';
    this.#watch();
    this.#publish();
  }

  #watch(): void {
    this.#doing = 'watch';
    this.#count('watches');
    const seconds = Math.round(watchSeconds.least + watchSeconds.spread * this.#world.random());
    const path = withQuery(this.#resource.watch, {
      watch: this.#resource.named ? '' : 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.#version,
      timeoutSeconds: String(seconds),
    });
    const silentMs = seconds * 1000 + silenceGraceMs;
    const startedAt = this.#world.clock.now();
    let spoke = false;
    const progress = (): boolean => spoke || this.#world.clock.now() - startedAt >= lastedMs;
    const listen = (): void => {
      this.#silence.close();
      this.#silence = this.#world.clock.after(silentMs, () => {
        this.#broke('silent', { message: `silent for ${silentMs} ms` }, progress());
      });
    };
    listen();
    this.#current = this.#client.stream(
      path,
      (batch) => {
        listen();
        const end = this.#apply(batch, () => {
          spoke = true;
        });
        if (end !== undefined) this.#broke(end.cause, end, progress());
      },
      (end) => {
        if (end.kind === 'closed') this.#broke('closed', { message: 'closed' }, progress());
        else this.#broke(breakOf(end), end, progress());
      },
    );
  }

  /** Takes in what one read brought, publishes once, and says if the watch is over. */
  #apply(batch: readonly string[], spoke: () => void): { readonly cause: Break; readonly message: string } | undefined {
    let changed = false;
    let end: { readonly cause: Break; readonly message: string } | undefined;
    for (const line of batch) {
      const event = parseEvent(line);
      if (event === undefined) {
        end = { cause: 'garbled', message: `not a watch event: ${line.slice(0, 200)}` };
        break;
      }
      if (event.type === 'ERROR') {
        const { code = 0, message = 'watch error' } = event.object;
        end = { cause: code === 410 ? 'gone' : 'refused', message: `${code} ${message}` };
        break;
      }
      spoke();
      changed = this.#change(event) || changed;
      const version = event.object.metadata?.resourceVersion ?? '';
      if (version !== '' && !isOlder(version, this.#version)) this.#version = version;
    }
    if (changed) this.#publish();
    return end;
  }

  #change(event: WatchEvent): boolean {
    this.#count('events');
    if (event.type === 'ADDED' || event.type === 'MODIFIED') return this.#put(this.#held, event.object);
    if (event.type === 'DELETED') return this.#held.delete(event.object);
    return false; // a bookmark, which only brings a version, or an event of the future
  }

  #put(into: Held<T>, object: KubeObject): boolean {
    try {
      return into.put(object);
    } catch (error) {
      const fields = { resource: this.#resource.list, object: object.metadata?.name, message: String(error) };
      this.#world.log.error(fields, 'unreadable object from the Kubernetes API');
      this.#count('unreadable');
      return false;
    }
  }

  #broke(cause: Break, why: { readonly message: string; readonly status?: number }, progress = false): void {
    if (this.#closed) return;
    this.#current.close();
    this.#silence.close();
    this.#count('breaks', cause);
    const { next, failure } = afterwards[cause];
    const inARow = progress ? 0 : this.#failures;
    this.#failures = failure || !progress ? inARow + 1 : 0;
    const waitMs = Math.min(wait.capMs, wait.baseMs * 2 ** this.#failures) * (0.5 + this.#world.random() / 2);
    this.#tell(cause, why.message, waitMs);
    const again = this.#doing === 'list' || this.#failures > watchesUntilList ? 'list' : next;
    this.#current = this.#world.clock.after(waitMs, () => (again === 'list' ? this.#list() : this.#watch()));
    if (cause === 'refused' && again === 'list' && !this.#known) {
      this.#set(failed(new RefusedError(this.#resource.list, why.status ?? 0, why.message)));
    }
  }

  #publish(): void {
    this.#known = true;
    this.#set(ok(this.#held.snapshot()));
  }

  /** Loud for the 1st, 2nd, 4th, 8th … failure in a row: an API that is away for an hour makes a dozen lines. */
  #tell(cause: Break, message: string, waitMs: number): void {
    const fields = {
      resource: this.#resource.list,
      cause,
      message,
      failures: this.#failures,
      waitMs: Math.round(waitMs),
    };
    const loud = afterwards[cause].failure && (this.#failures & (this.#failures - 1)) === 0;
    if (loud) this.#world.log.warn(fields, 'watch of the Kubernetes API broke');
    else this.#world.log.debug(fields, 'watch of the Kubernetes API ended');
  }

  #count(...names: readonly string[]): void {
    this.#world.metrics.counter('k8s', ...names).add();
  }
}

function breakOf(failure: Failure): Break {
  if (failure.kind !== 'status') return failure.kind;
  if (failure.status === 410) return 'gone';
  return failure.status === 429 || failure.status >= 500 ? 'overloaded' : 'refused';
}

function parseEvent(line: string): WatchEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<WatchEvent> | null;
    const { type, object } = event ?? {};
    return typeof type === 'string' && typeof object === 'object' && object !== null ? { type, object } : undefined;
  } catch {
    return undefined;
  }
}

/** Parameters with empty values are left out. */
function withQuery(path: string, parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
