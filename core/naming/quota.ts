import { closeAll } from '../closable.ts';
import { Activity } from '../reactive/activity.ts';
import { leaves, type NameTree } from './name-tree.ts';

/** Look-ups one after another that a path may take. */
export const maxDepth = 100;

/** Trees within trees, look-ups included, that a binding may go into; keeps it clear of the end of the stack. */
export const maxNesting = 400;

/** Names that one binding may hold at a time: a table such as `/a => /a & /a` must not grow without end. */
const maxNames = 2000;

/** More names than a binding may hold. Unlike other failures it fails a union, whose other branches would hide it. */
export class TooManyNames extends Error {
  override readonly name = 'TooManyNames';

  constructor() {
    super(`More than ${maxNames} names in one Namer lookup`);
  }
}

/** Counts the names that the look-ups of one binding have led to, as long as they are observed. */
export class NameQuota {
  #held = 0;
  #refusedAt = Number.POSITIVE_INFINITY;

  /** What `make` gives, made while it is observed; failed at once as long as there is no room for more names. */
  take<U>(make: () => Activity<U>): Activity<U> {
    return Activity.defer(() => (this.#held >= this.#refusedAt ? this.#refusal : make()));
  }

  /** What `make` gives for a tree, whose names it counts; failed where there are too many. */
  hold<T, U>(tree: NameTree<T>, make: () => Activity<U>): Activity<U> {
    const size = leaves(tree).length;
    return Activity.from((set) => {
      if (this.#held + size > maxNames) {
        this.#refusedAt = this.#held;
        return this.#refusal.states.observe(set);
      }
      this.#held += size;
      const release = {
        close: () => {
          this.#held -= size;
        },
      };
      return closeAll(Activity.defer(make).states.observe(set), release);
    });
  }

  get #refusal(): Activity<never> {
    return Activity.failed(new TooManyNames());
  }
}
