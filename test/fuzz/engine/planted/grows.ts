import type { Target } from '../../target.ts';

const kept: string[] = [];

/** Keeps a megabyte an input. */
export const target: Target = {
  run() {
    kept.push(`${kept.length}`.repeat(1_000_000));
    kept.at(-1)?.charCodeAt(5); // made flat
  },
  seeds: ['a'],
};
