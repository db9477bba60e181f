import { lookupNamers } from '#core/naming/lookup.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { stateNow } from '#test/helpers/state-now.ts';

/** The path that utility namers rewrite a name to, or what else becomes of it. */
export function rewritten(namers: readonly Namer[], name: Path | string): string {
  const path = typeof name === 'string' ? Path.read(name) : name;
  const state = stateNow(lookupNamers({ configured: [], utilities: namers }, path));
  if (state.kind !== 'ok') return state.kind === 'failed' ? state.error.message : state.kind;
  if (state.value.kind !== 'leaf') return state.value.kind;
  return state.value.value.kind === 'path' ? state.value.value.path.show : `bound ${state.value.value.id.show}`;
}
