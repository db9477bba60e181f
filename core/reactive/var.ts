import { type Closable, nothingToClose } from '../closable.ts';
import { turn } from './turn.ts';

/**
 * A value that changes over time.
 *
 * An observer is told the current value at once, inside `observe`, and every later one until its handle is closed.
 * Nothing runs while nobody observes. An observer may close handles, observe and set; one that throws is a bug, which
 * harms no other observer and surfaces as an uncaught exception once the present turn is over.
 */
export interface Var<T> {
  observe(fn: (value: T) => void): Closable;
}

interface Observer<T> {
  readonly fn: (value: T) => void;
}

/** A Var set from outside. Setting the same value (===) is not a change. */
export class Cell<T> implements Var<T> {
  #value: T;
  #round = 0;
  readonly #observers = new Set<Observer<T>>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    this.#round += 1;
    const round = this.#round;
    turn(() => {
      // A copy: an observer may close itself or others, or observe anew (and is told this value then).
      for (const observer of [...this.#observers]) {
        if (this.#round !== round) return; // an observer set a newer value; that round told everyone
        if (this.#observers.has(observer)) tell(observer, value);
      }
    });
  }

  observe(fn: (value: T) => void): Closable {
    const observer = { fn };
    this.#observers.add(observer);
    tell(observer, this.#value);
    return { close: () => this.#observers.delete(observer) };
  }
}

function tell<T>(observer: Observer<T>, value: T): void {
  try {
    observer.fn(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

export function constant<T>(value: T): Var<T> {
  return {
    observe(fn) {
      tell({ fn }, value);
      return nothingToClose;
    },
  };
}

/**
 * A Var fed by a process that runs only while someone observes: `start` is called for the first observer, and what it
 * returns is closed after the last. `start` may set at once; the first observer then never sees `initial`. What is set
 * after the close is not heard. If `start` throws, so does `observe`, and the next observer starts anew.
 */
export function shared<T>(initial: T, start: (set: (value: T) => void) => Closable): Var<T> {
  let running: { readonly cell: Cell<T>; source: Closable; observers: number } | undefined;
  return {
    observe(fn) {
      let run = running;
      if (run === undefined) {
        const cell = new Cell(initial);
        // Counted before it starts: whatever observes and leaves meanwhile must not end it.
        run = { cell, source: nothingToClose, observers: 1 };
        running = run;
        try {
          run.source = start((value) => cell.set(value));
        } catch (error) {
          running = undefined;
          throw error;
        }
      } else run.observers += 1;
      return observed(run, fn, () => {
        running = undefined;
      });
    },
  };
}

function observed<T>(
  run: { readonly cell: Cell<T>; readonly source: Closable; observers: number },
  fn: (value: T) => void,
  ended: () => void,
): Closable {
  const handle = run.cell.observe(fn);
  let open = true;
  return {
    close() {
      if (!open) return;
      open = false;
      handle.close();
      run.observers -= 1;
      if (run.observers > 0) return;
      ended();
      run.source.close();
    },
  };
}
