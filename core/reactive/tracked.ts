import { Activity, pending, type State } from './activity.ts';

/** An activity that also tells the state it was last observed in; pending before that. Asking observes nothing. */
export function tracked<T>(of: Activity<T>): { readonly activity: Activity<T>; last(): State<T> } {
  let last: State<T> = pending;
  const activity = Activity.from<T>((set) =>
    of.states.observe((state) => {
      last = state;
      set(state);
    }),
  );
  return { activity, last: () => last };
}
