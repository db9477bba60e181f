import type { Closable } from '../closable.ts';
import { Activity, pending, type State } from './activity.ts';

/**
 * Activities by key, each run once for all who observe it and forgotten when nobody does: watches, polls and whatever
 * else should not be doubled, for keys that a caller can make up.
 */
export class KeyedActivities<T> {
  readonly #start: (key: string, set: (state: State<T>) => void) => Closable;
  readonly #running = new Map<string, { readonly activity: Activity<T>; state: State<T> }>();

  constructor(start: (key: string, set: (state: State<T>) => void) => Closable) {
    this.#start = start;
  }

  /** How many are being observed. */
  get size(): number {
    return this.#running.size;
  }

  /** Those being observed, as they are now. */
  states(): ReadonlyMap<string, State<T>> {
    return new Map([...this.#running].map(([key, { state }]) => [key, state]));
  }

  /** The activity of this key: the same object as long as it is observed. */
  get(key: string): Activity<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running.activity;
    const activity: Activity<T> = Activity.from((set) => {
      const other = this.#running.get(key);
      if (other !== undefined) return other.activity.states.observe(set);
      const entry = { activity, state: pending as State<T> };
      this.#running.set(key, entry);
      const source = this.#begin(key, (state) => {
        entry.state = state;
        set(state);
      });
      return {
        close: () => {
          this.#running.delete(key);
          source.close();
        },
      };
    });
    return activity;
  }

  #begin(key: string, set: (state: State<T>) => void): Closable {
    try {
      return this.#start(key, set);
    } catch (error) {
      this.#running.delete(key);
      throw error;
    }
  }
}
