import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { failed, ok, type State } from '../reactive/activity.ts';
import type { World } from '../world.ts';

/** What is asked again and again. */
export interface Poll<T> {
  /** Answers once, later than in the call, and not after closing. */
  ask(done: (answer: { readonly value: T } | { readonly error: string }) => void): Closable;
  /** Milliseconds from one answer to the next question. */
  readonly everyMs: () => number;
  /** What is asked, for the log. */
  readonly what: string;
}

/** Follows something by asking for it. Failed while there was no answer yet; once there was, failures change nothing. */
export function followPoll<T>({ ask, everyMs, what }: Poll<T>, world: World, set: (state: State<T>) => void): Closable {
  let known = false;
  let failures = 0;
  let current: Closable = nothingToClose;
  const next = (): void => {
    current = ask((answer) => {
      current = world.clock.after(everyMs(), next);
      if ('value' in answer) {
        known = true;
        failures = 0;
        set(ok(answer.value));
        return;
      }
      failures += 1;
      // Loud for the 1st, 2nd, 4th, 8th … failure in a row.
      const loud = (failures & (failures - 1)) === 0;
      world.log[loud ? 'warn' : 'debug']({ what, message: answer.error, failures }, 'poll failed');
      if (!known) set(failed(new Error(`${what}: ${answer.error}`)));
    });
  };
  next();
  return closeAll({ close: () => current.close() });
}

/** The question of a poll as a promise. */
export function asking<T>(make: () => Promise<T>): Poll<T>['ask'] {
  return (done) => {
    let open = true;
    make().then(
      (value) => open && done({ value }),
      (error: unknown) => open && done({ error: error instanceof Error ? error.message : String(error) }),
    );
    return { close: () => (open = false) };
  };
}
