import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { nextJoinOrder, settleLater } from './turn.ts';
import { Cell, constant, shared, type Var } from './var.ts';

export type State<T> =
  | { readonly kind: 'pending' }
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: Error };

export const pending: State<never> = { kind: 'pending' };
export const ok = <T>(value: T): State<T> => ({ kind: 'ok', value });
export const failed = (error: Error): State<never> => ({ kind: 'failed', error });

/**
 * A changing value that may not be known yet, or may have failed.
 *
 * Bindings, replica sets, dtabs and certificates are activities: the control side observes them and keeps a plain
 * snapshot for the data path to read. No request ever waits for an activity that is already ok.
 */
export class Activity<T> {
  readonly states: Var<State<T>>;

  constructor(states: Var<State<T>>) {
    this.states = states;
  }

  static value<T>(value: T): Activity<T> {
    return new Activity(constant(ok(value)));
  }

  static failed(error: Error): Activity<never> {
    return new Activity(constant<State<never>>(failed(error)));
  }

  static readonly pending: Activity<never> = new Activity(constant(pending));

  /** An activity run by `start` while observed (see {@link shared}); failed if `start` throws. */
  static from<T>(start: (set: (state: State<T>) => void) => Closable): Activity<T> {
    return new Activity(
      shared<State<T>>(pending, (set) => {
        try {
          return start(set);
        } catch (error) {
          set(failed(asError(error)));
          return nothingToClose;
        }
      }),
    );
  }

  /** The activity that `make` gives, made anew whenever it begins to be observed; failed where `make` throws. */
  static defer<T>(make: () => Activity<T>): Activity<T> {
    return Activity.from((set) => make().states.observe(set));
  }

  /** `fn` of every value; failed where `fn` throws. */
  map<U>(fn: (value: T) => U): Activity<U> {
    return this.transform((state) => {
      if (state.kind !== 'ok') return state;
      try {
        return ok(fn(state.value));
      } catch (error) {
        return failed(asError(error));
      }
    });
  }

  transform<U>(fn: (state: State<T>) => State<U>): Activity<U> {
    return Activity.from((set) => this.states.observe((state) => set(fn(state))));
  }

  /** The activity that `fn` gives for the latest value; failed where `fn` throws. */
  flatMap<U>(fn: (value: T) => Activity<U>): Activity<U> {
    return Activity.from((set) => {
      let inner: Closable = nothingToClose;
      let latest = 0; // an older inner activity, or one that was closed, is not heard
      const outer = this.states.observe((state) => {
        latest += 1;
        const mine = latest;
        // Observe the new before closing the old, so that a watch shared by both is not stopped and started.
        const previous = inner;
        inner = nothingToClose;
        try {
          if (state.kind !== 'ok') return set(state);
          const handle = attempt(fn, state.value).states.observe((s) => {
            if (mine === latest) set(s);
          });
          if (mine === latest) inner = handle;
          else handle.close(); // `set` made the outer change, or closed us
        } finally {
          previous.close();
        }
      });
      return {
        close() {
          latest += 1;
          outer.close();
          inner.close();
        },
      };
    });
  }

  /** Once ok, stays ok: a later failure keeps the last good value. */
  stabilized(): Activity<T> {
    return Activity.from((set) => {
      let good = false;
      return this.states.observe((state) => {
        if (state.kind === 'ok') good = true;
        else if (good) return;
        set(state);
      });
    });
  }

  /** Swallows a value equal to the one before it. */
  distinct(equal: (a: T, b: T) => boolean): Activity<T> {
    return Activity.from((set) => {
      let last: State<T> = pending;
      return this.states.observe((state) => {
        if (state.kind === 'ok' && last.kind === 'ok' && equal(last.value, state.value)) return;
        last = state;
        set(state);
      });
    });
  }

  /**
   * The states of several activities, in order, as one changing array. What changes together in one turn shows as one
   * change.
   */
  static collectStates<T>(all: readonly Activity<T>[]): Var<readonly State<T>[]> {
    return shared<readonly State<T>[]>(
      all.map(() => pending),
      (set) => {
        const now: State<T>[] = all.map(() => pending);
        let open = false;
        const join = {
          order: nextJoinOrder(),
          settle() {
            if (open) set([...now]);
          },
        };
        const parts = all.map((activity, i) =>
          activity.states.observe((state) => {
            now[i] = state;
            if (open) settleLater(join);
          }),
        );
        open = true;
        set([...now]);
        return closeAll({ close: () => (open = false) }, ...parts);
      },
    );
  }

  /** All values, in order, once every one is ok; failed as soon as one is. */
  static collect<T>(all: readonly Activity<T>[]): Activity<readonly T[]> {
    const states = Activity.collectStates(all);
    return Activity.from((set) => states.observe((now) => set(together(now))));
  }
}

function together<T>(states: readonly State<T>[]): State<readonly T[]> {
  const values: T[] = [];
  let waiting = false;
  for (const state of states) {
    if (state.kind === 'failed') return state;
    if (state.kind === 'ok') values.push(state.value);
    else waiting = true;
  }
  return waiting ? pending : ok(values);
}

function attempt<T, U>(fn: (value: T) => Activity<U>, value: T): Activity<U> {
  try {
    return fn(value);
  } catch (error) {
    return Activity.failed(asError(error));
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** An activity with its setter, for tests and for edges such as file watchers. */
export function settable<T>(initial: State<T> = pending): {
  readonly activity: Activity<T>;
  set(state: State<T>): void;
} {
  const cell = new Cell<State<T>>(initial);
  return { activity: new Activity(cell), set: (state) => cell.set(state) };
}
