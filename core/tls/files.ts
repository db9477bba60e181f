import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { Activity, failed, ok } from '../reactive/activity.ts';

/** For what no watch reports: a replaced directory, a symbolic link far away, a file system without notification. */
const pollMs = 5_000;

/**
 * The contents of some files, in order, read at once and again whenever one changes: by writing, by rename, or by the
 * swapped `..data` link of a mounted ConfigMap or Secret. Failed while one of them cannot be read. The files are small
 * and local: they are read synchronously. While a writer is half through, what is read may be half, too.
 */
export function fileContents(paths: readonly string[], clock: Clock): Activity<readonly string[]> {
  if (paths.length === 0) return Activity.value([]);
  return Activity.from((set) => {
    let last: readonly string[] = [];
    let problem: string | undefined;
    let soon: NodeJS.Immediate | undefined;
    let polling: Closable = nothingToClose;

    const read = (): void => {
      try {
        const now = readNow(paths);
        if (problem === undefined && now.every((text, i) => text === last[i])) return;
        last = now;
        problem = undefined;
        set(ok(now));
      } catch (error) {
        const { message } = error as Error;
        if (message === problem) return;
        problem = message;
        set(failed(new Error(message)));
      }
    };
    /** One read for all that happens in one turn. */
    const changed = (): void => {
      soon ??= setImmediate(() => {
        soon = undefined;
        read();
      });
    };
    const poll = (): void => {
      read();
      polling = clock.after(pollMs, poll);
    };

    const names = new Set([...paths.map((path) => basename(path)), '..data']);
    const directories = new Set(paths.map((path) => dirname(path)));
    const watches = [...directories].map((directory) => watchDirectory(directory, names, changed));
    poll();
    return closeAll(...watches, {
      close() {
        polling.close();
        clearImmediate(soon);
      },
    });
  });
}

/** The contents of some files as they are now; throws, naming the file, where one cannot be read. */
export function readNow(paths: readonly string[]): readonly string[] {
  try {
    return paths.map((path) => readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(readProblem(error));
  }
}

function watchDirectory(directory: string, names: ReadonlySet<string>, changed: () => void): Closable {
  try {
    const watcher = watch(directory, { persistent: false }, (_, name) => {
      if (name === null || names.has(name)) changed();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return nothingToClose; // not there, or no watches left: polling goes on
  }
}

/** The path and the system's code say what is wrong; the text of a file never gets into a message. */
function readProblem(error: unknown): string {
  const { path, code } = error as NodeJS.ErrnoException;
  return `cannot read ${path ?? 'a file'}: ${code ?? 'unknown error'}`;
}
