import type { Closable } from '../closable.ts';
import { Activity, type State } from './activity.ts';

/**
 * Activities by key, each run once for all who observe it and forgotten when nobody does: watches, polls and whatever
 * else should not be doubled, for keys that a caller can make up.
 */
export class KeyedActivities<T> {
  readonly #start: (key: string, set: (state: State<T>) => void) => Closable;
  readonly #running = new Map<string, Activity<T>>();

  constructor(start: (key: string, set: (state: State<T>) => void) => Closable) {
    this.#start = start;
  }

  /** How many are being observed. */
  get size(): number {
    return this.#running.size;
  }

  /** The activity of this key: the same object as long as it is observed. */
  get(key: string): Activity<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const activity: Activity<T> = Activity.from((set) => {
      const other = this.#running.get(key);
      if (other !== undefined) return other.states.observe(set);
      this.#running.set(key, activity);
      const source = this.#begin(key, set);
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
