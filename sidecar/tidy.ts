import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '#core/clock.ts';
import type { Closable } from '#core/closable.ts';

/** Late enough that the first requests have been answered, early enough for whoever looks at a fresh process. */
const afterMs = 300;

/**
 * Gives the memory back that reading a configuration and building from it took, a third of a fresh heap: V8 would keep
 * it until much more garbage has gathered.
 */
export function tidy(clock: Clock, collect: () => void = collectAll): Closable {
  return clock.after(afterMs, collect);
}

/** Exposed here and not by a flag of the process, which costs its start more than this saves. */
function collectAll(): void {
  // Compiled code that has done its work is collected too: first it is kept for the next start.
  flushCompileCache();
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as NodeJS.GCFunction;
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
