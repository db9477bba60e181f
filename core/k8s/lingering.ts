import type { Clock } from '../clock.ts';
import { type Closable, nothingToClose } from '../closable.ts';
import type { Var } from '../reactive/var.ts';

/**
 * A shared Var that goes on for `ms` after its last observer, so that one who comes back soon finds it running.
 * `stopped` is called when it has really ended.
 */
export function lingering<T>(source: Var<T>, ms: number, clock: Clock, stopped: () => void): Var<T> {
  let observers = 0;
  let holding: Closable | undefined;
  let leaving: Closable = nothingToClose;

  const left = (): void => {
    observers -= 1;
    if (observers > 0) return;
    leaving = clock.after(ms, () => {
      holding?.close();
      holding = undefined;
      stopped();
    });
  };

  return {
    observe(fn) {
      observers += 1;
      leaving.close();
      holding ??= source.observe(() => {});
      const handle = source.observe(fn);
      let open = true;
      return {
        close() {
          if (!open) return;
          open = false;
          handle.close();
          left();
        },
      };
    },
  };
}
