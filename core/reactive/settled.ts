import type { Clock } from '../clock.ts';
import { type Closable, nothingToClose } from '../closable.ts';
import { type Activity, pending, type State } from './activity.ts';

/** The first state that is not pending; pending if none comes within `ms` milliseconds. */
export function settled<T>(activity: Activity<T>, clock: Clock, ms: number): Promise<State<T>> {
  return new Promise((resolve) => {
    let observing: Closable = nothingToClose;
    let timer: Closable = nothingToClose;
    let done = false;
    const finish = (state: State<T>): void => {
      done = true;
      observing.close();
      timer.close();
      resolve(state);
    };
    observing = activity.states.observe((state) => {
      if (!done && state.kind !== 'pending') finish(state);
    });
    if (done) observing.close();
    else timer = clock.after(ms, () => finish(pending));
  });
}
