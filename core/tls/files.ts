import { readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { Activity, failed, ok } from '../reactive/activity.ts';

/** After a change, so that a key and a certificate written one after the other are read as a pair. */
const settleMs = 20;
/** For what no watch reports: a replaced directory, a symbolic link far away, a file system without notification. */
const pollMs = 5_000;

/**
 * The contents of some files, in order, read at once and again whenever one changes: by writing, by rename, or by the
 * swapped `..data` link of a mounted ConfigMap or Secret. Failed while one of them cannot be read. The files are small
 * and local: they are read synchronously.
 */
export function fileContents(paths: readonly string[], clock: Clock): Activity<readonly string[]> {
  if (paths.length === 0) return Activity.value([]);
  return Activity.from((set) => {
    let last: readonly string[] | undefined;
    let settling: Closable | undefined;
    let polling: Closable = nothingToClose;

    const read = (): void => {
      try {
        const now = paths.map((path) => readFileSync(path, 'utf8'));
        if (last?.every((text, i) => text === now[i])) return;
        last = now;
        set(ok(now));
      } catch (error) {
        last = undefined;
        set(failed(readError(error)));
      }
    };
    const changed = (): void => {
      settling ??= clock.after(settleMs, () => {
        settling = undefined;
        read();
      });
    };
    const poll = (): void => {
      read();
      polling = clock.after(pollMs, poll);
    };

    poll();
    const watches = [...new Set(paths.map((path) => dirname(path)))].map((directory) =>
      watchDirectory(directory, changed),
    );
    return closeAll(...watches, { close: () => closeAll(settling ?? nothingToClose, polling).close() });
  });
}

function watchDirectory(directory: string, changed: () => void): Closable {
  try {
    const watcher = watch(directory, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return nothingToClose; // not there, or no watches left: polling goes on
  }
}

/** The path and the system's code say what is wrong; the text of a file never gets into a message. */
function readError(error: unknown): Error {
  const { path, code } = error as NodeJS.ErrnoException;
  return new Error(`cannot read ${path ?? 'a directory'}: ${code ?? 'unknown error'}`);
}
