import type { Clock } from '#core/clock.ts';
import { type Closable, nothingToClose } from '#core/closable.ts';
import type { Log } from '#core/telemetry/log.ts';

/** One kind of object at an API server: the two calls, without any care for what may go wrong. */
export interface Listable<T> {
  list(): Promise<{ readonly items: readonly T[]; readonly resourceVersion: string }>;
  /** Calls `done` once, when the stream has ended for whatever reason, undefined if it just ended. */
  watch(
    resourceVersion: string,
    event: (type: string, object: T & { readonly code?: number }) => void,
    done: (error: unknown) => void,
  ): Closable;
}

export interface Named {
  readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
}

export interface WatchWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const firstWaitMs = 100;
const longestWaitMs = 30_000;
/** A stream that ends sooner is a failure, so that a server that ends each at once is not asked in a loop. */
const shortestStreamMs = 1_000;

/**
 * Lists, then watches, for ever: a stream that ends is opened again where it ended, one too old (410) begins with a new
 * list, and any failure waits, longer each time, with jitter. `changed` gets all objects by name, first when the first
 * list is there and then at every change; between failures the last state stands.
 */
export function endlessWatch<T extends Named>(
  source: Listable<T>,
  { clock, random, log }: WatchWorld,
  changed: (objects: ReadonlyMap<string, T>) => void,
): Closable {
  let closed = false;
  let current: Closable = nothingToClose;
  let failures = 0;
  let objects = new Map<string, T>();

  const again = (step: () => void): void => {
    failures += 1;
    const ms = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 16)) * (0.5 + random() / 2);
    current = clock.after(ms, step);
  };

  const list = (): void => {
    source.list().then(
      ({ items, resourceVersion }) => {
        if (closed) return;
        failures = 0;
        objects = new Map(items.map((item) => [item.metadata?.name ?? '', item]));
        changed(new Map(objects));
        watch(resourceVersion);
      },
      (error: unknown) => {
        if (closed) return;
        log.warn({ err: String(error) }, 'list failed');
        again(list);
      },
    );
  };

  const watch = (since: string): void => {
    const startedAt = clock.now();
    let version = since;
    let gone = false;
    let ended = false;
    current = source.watch(
      version,
      (type, object) => {
        if (closed || gone || ended) return;
        if (type === 'ERROR') {
          gone = true;
          return;
        }
        failures = 0;
        version = object.metadata?.resourceVersion ?? version;
        if (type === 'BOOKMARK') return;
        if (type === 'DELETED') objects.delete(object.metadata?.name ?? '');
        else objects.set(object.metadata?.name ?? '', object);
        changed(new Map(objects));
      },
      (error) => {
        if (closed || ended) return;
        ended = true;
        // After an ERROR event or a 410 nothing is known of what was missed.
        if (gone || statusOf(error) === 410) again(list);
        else if (error === undefined && clock.now() - startedAt > shortestStreamMs) watch(version);
        else {
          log.warn({ err: String(error ?? 'ended at once') }, 'watch broke');
          again(() => watch(version));
        }
      },
    );
  };

  list();
  return {
    close() {
      closed = true;
      current.close();
    },
  };
}

const statusOf = (error: unknown): unknown =>
  (error as { readonly statusCode?: unknown } | undefined | null)?.statusCode;
