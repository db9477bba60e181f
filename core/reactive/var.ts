import { type Closable, nothingToClose } from '../closable.ts';

/**
 * A value that changes over time.
 *
 * An observer is told the current value at once, inside `observe`, and every later one until its handle is closed.
 * Nothing runs while nobody observes.
 */
export interface Var<T> {
  observe(fn: (value: T) => void): Closable;
}

/** A Var set from outside. Setting the same value (===) is not a change. */
export class Cell<T> implements Var<T> {
  #value: T;
  readonly #observers = new Set<(value: T) => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    // A copy: an observer may close itself or others, or observe anew.
    for (const fn of [...this.#observers]) {
      if (this.#observers.has(fn)) fn(value);
      if (this.#value !== value) return; // an observer set a newer value; its round told everyone
    }
  }

  observe(fn: (value: T) => void): Closable {
    const own = (value: T): void => fn(value); // two observers may share one function
    this.#observers.add(own);
    own(this.#value);
    return { close: () => this.#observers.delete(own) };
  }
}

export function constant<T>(value: T): Var<T> {
  return {
    observe(fn) {
      fn(value);
      return nothingToClose;
    },
  };
}

/**
 * A Var fed by a process that runs only while someone observes: `start` is called for the first observer, and what it
 * returns is closed after the last.
 */
export function shared<T>(initial: T, start: (set: (value: T) => void) => Closable): Var<T> {
  let running: { readonly cell: Cell<T>; source: Closable; observers: number } | undefined;
  return {
    observe(fn) {
      if (running === undefined) {
        const cell = new Cell(initial);
        running = { cell, source: nothingToClose, observers: 0 };
        running.source = start((value) => cell.set(value));
      }
      const mine = running;
      mine.observers += 1;
      const handle = mine.cell.observe(fn);
      let open = true;
      return {
        close() {
          if (!open) return;
          open = false;
          handle.close();
          mine.observers -= 1;
          if (mine.observers > 0) return;
          running = undefined;
          mine.source.close();
        },
      };
    },
  };
}
