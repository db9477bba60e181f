import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { Activity, type State } from '../reactive/activity.ts';
import { RefusedError } from './watch.ts';

/** As `first`, and as `second` while the API refuses us the first. Refused both, the first says why. */
export function whileRefused<T>(first: Activity<T>, second: Activity<T>): Activity<T> {
  return Activity.from((set) => {
    let instead: Closable = nothingToClose;
    const stop = (): void => {
      instead.close();
      instead = nothingToClose;
    };
    const main = first.states.observe((state) => {
      stop();
      if (!isRefusal(state)) return set(state);
      instead = second.states.observe((other) => set(other.kind === 'failed' ? state : other));
    });
    return closeAll(main, { close: stop });
  });
}

function isRefusal(state: State<unknown>): boolean {
  return state.kind === 'failed' && state.error instanceof RefusedError;
}
