import type { Dtab } from '../naming/dtab.ts';
import { readDtab } from '../naming/parse.ts';
import { Activity, ok } from '../reactive/activity.ts';
import type { World } from '../world.ts';

/**
 * The table in a text that changes; failed while the text is none, which is logged. What was read once is known at once
 * to whoever observes later, although nothing may be observed in between.
 */
export function storedDtab(text: Activity<string>, source: string, log: World['log']): Activity<Dtab> {
  let last: { readonly text: string; readonly dtab: Dtab } | undefined;
  const read = (now: string): Dtab => {
    if (last?.text === now) return last.dtab;
    try {
      last = { text: now, dtab: readDtab(now) };
      log.info({ source, dentries: last.dtab.length }, 'dtab read');
      return last.dtab;
    } catch (error) {
      log.error({ source, reason: error instanceof Error ? error.message : String(error) }, 'dtab is unreadable');
      throw error;
    }
  };
  return Activity.from<Dtab>((set) => {
    if (last !== undefined) set(ok(last.dtab));
    return text.map(read).states.observe((state) => {
      if (state.kind !== 'pending' || last === undefined) set(state);
    });
  });
}
