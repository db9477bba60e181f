import { readTree } from '#core/naming/parse.ts';
import type { Target } from '../../target.ts';

/** Fails on a tree of a certain shape, which has to be found. */
export const target: Target = {
  run(input) {
    let kind = '';
    try {
      kind = readTree(input.toString('latin1')).kind;
    } catch {
      return;
    }
    if (kind === 'union') throw new Error('planted');
  },
  seeds: ['/a'],
};
