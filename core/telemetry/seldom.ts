import type { Clock } from '../clock.ts';

/**
 * For events that a stranger can cause as often as it likes: `tell` gets at most one in `everyMs`, and how many were
 * left out since the one before.
 */
export function seldom<T>(
  clock: Clock,
  everyMs: number,
  tell: (event: T, leftOut: number) => void,
): (event: T) => void {
  let next = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (event) => {
    if (clock.now() < next) {
      leftOut += 1;
      return;
    }
    next = clock.now() + everyMs;
    tell(event, leftOut);
    leftOut = 0;
  };
}
