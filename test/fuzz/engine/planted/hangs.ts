import type { Target } from '../../target.ts';

/** Never comes back from an input with a zero in it. */
export const target: Target = {
  run(input) {
    while (input.includes(0)) input.fill(0);
  },
  seeds: ['a'],
};
