import { systemClock } from '#core/clock.ts';
import { closeAll, nothingToClose } from '#core/closable.ts';
import type { Activity } from '#core/reactive/activity.ts';

/**
 * The first value of an activity that will do; else the last one after a second. A union shows what it knows so far, so
 * that the first value need not be the whole.
 */
export function firstOf(activity: Activity<unknown>, willDo: (value: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve) => {
    let last: unknown = 'pending';
    let observing = nothingToClose;
    let timer = nothingToClose;
    const finish = (): void => {
      closeAll(observing, timer).close();
      resolve(last);
    };
    timer = systemClock.after(1000, finish);
    observing = activity.states.observe((state) => {
      last = state.kind === 'ok' ? state.value : state.kind;
      if (willDo(last)) queueMicrotask(finish);
    });
  });
}

/** Where two JSON values differ, a line each; address lists have no order. */
export function differences(expected: unknown, got: unknown, at = ''): readonly string[] {
  if (!isObject(expected) || !isObject(got) || Array.isArray(expected) !== Array.isArray(got)) {
    return Object.is(expected, got) ? [] : [`${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(got)]);
  return [...keys].flatMap((key) => {
    const [e, g] = [expected[key], got[key]].map((value) => (key === 'addrs' ? sorted(value) : value));
    return differences(e, g, `${at}.${key}`);
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value
    .map((each): [string, unknown] => [JSON.stringify(each), each])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
}
