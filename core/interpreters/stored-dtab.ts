import { type Dtab, showDtab } from '../naming/dtab.ts';
import { configuredInterpreter } from '../naming/interpreter.ts';
import type { Interpreter, StoredTable } from '../naming/namer.ts';
import { readDtab } from '../naming/parse.ts';
import { Activity, ok } from '../reactive/activity.ts';
import { tracked } from '../reactive/tracked.ts';
import type { World } from '../world.ts';
import type { InterpreterDeps } from './fields.ts';

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

/** Binds in this process by a stored table, which operators may look at. */
export function storedInterpreter(
  named: Pick<StoredTable, 'kind' | 'source'>,
  dtab: Activity<Dtab>,
  { configured, utilities }: InterpreterDeps['namers'],
): Interpreter {
  const { activity, last } = tracked(dtab);
  const shown = (): ReturnType<StoredTable['last']> => {
    const state = last();
    return state.kind === 'ok' ? ok(showDtab(state.value)) : state;
  };
  return { ...configuredInterpreter(activity, configured, utilities), stored: { ...named, last: shown } };
}
