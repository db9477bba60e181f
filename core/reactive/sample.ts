import type { Var } from './var.ts';

/** What a value is right now. What runs only while it is observed runs for that long. */
export function sample<T>(changing: Var<T>): T {
  let value: { readonly it: T } | undefined;
  changing
    .observe((it) => {
      value = { it };
    })
    .close();
  if (value === undefined) throw new Error('an observer is told the current value at once');
  return value.it;
}
