import { type Closable, closeAll, nothingToClose } from '../closable.ts';
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

  /** An activity run by `start` while observed; see {@link shared}. */
  static from<T>(start: (set: (state: State<T>) => void) => Closable): Activity<T> {
    return new Activity(shared<State<T>>(pending, start));
  }

  map<U>(fn: (value: T) => U): Activity<U> {
    return this.flatMap((value) => Activity.value(fn(value)));
  }

  flatMap<U>(fn: (value: T) => Activity<U>): Activity<U> {
    return Activity.from((set) => {
      let inner: Closable = nothingToClose;
      const outer = this.states.observe((state) => {
        // Observe the new before closing the old, so that a watch shared by both is not stopped and started.
        const previous = inner;
        inner = nothingToClose;
        if (state.kind === 'ok') inner = attempt(fn, state.value).states.observe(set);
        else set(state);
        previous.close();
      });
      return closeAll(outer, { close: () => inner.close() });
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

  /** The states of several activities, in order, as one changing array. */
  static collectStates<T>(all: readonly Activity<T>[]): Var<readonly State<T>[]> {
    return shared<readonly State<T>[]>(
      all.map(() => pending),
      (set) => {
        const now: State<T>[] = all.map(() => pending);
        let filled = false;
        const handles = all.map((activity, i) =>
          activity.states.observe((state) => {
            now[i] = state;
            if (filled) set([...now]);
          }),
        );
        filled = true;
        set([...now]);
        return closeAll(...handles);
      },
    );
  }
}

function attempt<T, U>(fn: (value: T) => Activity<U>, value: T): Activity<U> {
  try {
    return fn(value);
  } catch (error) {
    return Activity.failed(error instanceof Error ? error : new Error(String(error)));
  }
}

/** An activity with its setter, for tests and for edges such as file watchers. */
export function settable<T>(initial: State<T> = pending): { readonly activity: Activity<T>; set(state: State<T>): void } {
  const cell = new Cell<State<T>>(initial);
  return { activity: new Activity(cell), set: (state) => cell.set(state) };
}
