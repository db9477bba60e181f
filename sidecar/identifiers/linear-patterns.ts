import { setFlagsFromString } from 'node:v8';

let on = false;

/**
 * From now on a regular expression that goes back over its text too often is finished by an engine whose time is linear
 * in it, so that no pattern someone may put in an Ingress can hold up the process. Patterns with look-around or back
 * references, which that engine does not know, stay as they are.
 */
export function linearPatterns(): void {
  if (on) return;
  on = true;
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
}
