import type { Closable } from '../closable.ts';
import { Activity, type State } from '../reactive/activity.ts';
import type { NameTree } from './name-tree.ts';

/**
 * The first of several trees that is not neg; the last if all are. A pending or failed one is taken as it is. One is
 * observed as long as all before it are neg, and made only then.
 */
export function firstNotNeg<T>(makers: readonly (() => Activity<NameTree<T>>)[]): Activity<NameTree<T>> {
  return Activity.from((set) => {
    const handles: Closable[] = [];
    const states: State<NameTree<T>>[] = [];
    let open = true;
    let walking = false;

    /** All observed ones are neg: those before the last always are. */
    const atNeg = (): boolean => handles.length === 0 || isNeg(states[handles.length - 1]);

    /** Goes on from the end of what is observed, as far as there is only neg. */
    const walk = (): void => {
      walking = true;
      while (open && handles.length < makers.length && atNeg()) observe(handles.length);
      walking = false;
      const state = states[handles.length - 1];
      if (open && state !== undefined) set(state);
    };

    const observe = (i: number): void => {
      const branch = Activity.defer(makers[i] ?? (() => Activity.pending));
      const handle = branch.states.observe((state) => {
        states[i] = state;
        if (i < handles.length) changed(i);
      });
      // Meanwhile an earlier one may have stopped being neg, or all have been closed.
      if (open && handles.length === i) handles.push(handle);
      else handle.close();
    };

    const changed = (i: number): void => {
      const beyond = isNeg(states[i]) ? [] : handles.splice(i + 1);
      if (!walking) walk();
      for (const handle of beyond) handle.close();
    };

    walk();
    return {
      close() {
        open = false;
        for (const handle of handles.splice(0)) handle.close();
      },
    };
  });
}

function isNeg<T>(state: State<NameTree<T>> | undefined): boolean {
  return state?.kind === 'ok' && state.value.kind === 'neg';
}
