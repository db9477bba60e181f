import { closeAll, nothingToClose } from '../closable.ts';
import { Activity, failed } from '../reactive/activity.ts';

/** Look-ups that one binding may hold at a time: a table such as `/a => /a & /a` must not grow without end. */
export const maxLookups = 1000;

/** Counts the look-ups that are being observed; one too many fails. */
export class LookupQuota {
  #held = 0;

  /** The activity that `make` gives, made and counted while it is observed. */
  take<T>(make: () => Activity<T>): Activity<T> {
    return Activity.from((set) => {
      if (this.#held >= maxLookups) {
        set(failed(new Error(`More than ${maxLookups} look-ups in one Namer lookup`)));
        return nothingToClose;
      }
      this.#held += 1;
      const release = {
        close: () => {
          this.#held -= 1;
        },
      };
      try {
        return closeAll(make().states.observe(set), release);
      } catch (error) {
        release.close();
        throw error;
      }
    });
  }
}
