import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { type Activity, failed, ok, type State } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';

/** What a directory holds, by name; names and paths are byte strings here. Links count as what they point to. */
export type Listing = ReadonlyMap<string, 'file' | 'directory'>;

/** Larger files are refused: 500 KB, as in Linkerd. */
const maxBytes = 500 * 1024;

/** A burst of events is one change; a writer that empties a file first has this long to fill it. */
const burstMs = 20;
/** A watch cannot see everything (what a link points to, a directory made anew), so all is looked at again. */
const lookMs = 5000;
/** The same while there is no watch. */
const unwatchedMs = 1000;

/** Directories and files that are watched while observed. They may come, go and be replaced. */
export class WatchedFiles {
  readonly #ticks: KeyedActivities<number>;
  readonly #listings: KeyedActivities<Listing>;
  readonly #texts: KeyedActivities<string>;

  constructor(clock: Clock) {
    this.#ticks = new KeyedActivities((directory, set) => watchDirectory(directory, clock, set));
    this.#listings = new KeyedActivities((directory, set) =>
      reloaded(this.#ticks.get(directory), () => list(directory), sameListing, set),
    );
    this.#texts = new KeyedActivities((file, set) => {
      const directory = file.slice(0, file.lastIndexOf('/'));
      return reloaded(this.#ticks.get(directory), () => read(file), Object.is, set);
    });
  }

  /** How many directories are being watched. */
  get watching(): number {
    return this.#ticks.size;
  }

  /** The content of a directory; nothing where there is no such directory. */
  list(directory: string): Activity<Listing> {
    return this.#listings.get(directory);
  }

  /** The text of a file. When the file is gone the text stays; its directory's listing tells. */
  read(file: string): Activity<string> {
    return this.#texts.get(file);
  }
}

/**
 * Counts up whenever something in the directory may have changed. The watch is made anew each time, since the directory
 * may be another one by then; the count comes after, so that nothing is missed.
 */
function watchDirectory(directory: string, clock: Clock, set: (state: State<number>) => void): Closable {
  let count = 0;
  let watcher: FSWatcher | undefined;
  let next: Closable = nothingToClose;
  let changed = false;
  const unwatch = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  const look = (): void => {
    unwatch();
    changed = false;
    try {
      watcher = watch(toPath(directory), { persistent: false });
      watcher.on('change', () => {
        if (changed) return;
        changed = true;
        again(burstMs);
      });
      watcher.on('error', unwatch);
    } catch {
      // No such directory, or no watches left.
    }
    again(watcher === undefined ? unwatchedMs : lookMs);
    count += 1;
    set(ok(count));
  };
  const again = (ms: number): void => {
    next.close();
    next = clock.after(ms, look);
  };
  look();
  return closeAll({ close: () => next.close() }, { close: unwatch });
}

/** Loads at every tick, one load at a time, and tells what differs from before. A load without result changes nothing. */
function reloaded<T>(
  ticks: Activity<number>,
  load: () => Promise<State<T> | undefined>,
  same: (a: T, b: T) => boolean,
  set: (state: State<T>) => void,
): Closable {
  let open = true;
  let loading = false;
  let again = false;
  let last: State<T> | undefined;
  const run = async (): Promise<void> => {
    loading = true;
    do {
      again = false;
      const state = await load();
      if (!open) return;
      if (state === undefined || isSame(last, state, same)) continue;
      last = state;
      set(state);
    } while (again);
    loading = false;
  };
  const watching = ticks.states.observe(() => {
    if (loading) again = true;
    else void run();
  });
  return closeAll({ close: () => (open = false) }, watching);
}

function isSame<T>(a: State<T> | undefined, b: State<T>, same: (a: T, b: T) => boolean): boolean {
  if (a?.kind === 'ok' && b.kind === 'ok') return same(a.value, b.value);
  return a?.kind === 'failed' && b.kind === 'failed' && a.error.message === b.error.message;
}

async function list(directory: string): Promise<State<Listing>> {
  try {
    const entries = await readdir(toPath(directory), { encoding: 'buffer', withFileTypes: true });
    const listing = new Map<string, 'file' | 'directory'>();
    for (const entry of entries) {
      const name = entry.name.toString('latin1');
      const kind = entry.isSymbolicLink() ? await stat(toPath(`${directory}/${name}`)).catch(() => undefined) : entry;
      if (kind?.isDirectory()) listing.set(name, 'directory');
      else if (kind?.isFile()) listing.set(name, 'file');
    }
    return ok(listing);
  } catch (error) {
    return isGone(error) ? ok(new Map()) : failed(error as Error);
  }
}

function sameListing(a: Listing, b: Listing): boolean {
  return a.size === b.size && [...a].every(([name, kind]) => b.get(name) === kind);
}

async function read(file: string): Promise<State<string> | undefined> {
  const path = toPath(file);
  try {
    const { size } = await stat(path);
    if (size > maxBytes) return failed(new Error(`file ${path.toString()} is ${size}.bytes`));
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    return isGone(error) ? undefined : failed(error as Error);
  }
}

const toPath = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
