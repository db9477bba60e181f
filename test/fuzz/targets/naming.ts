import assert from 'node:assert/strict';
import { showDtab, showPathTree } from '#core/naming/dtab.ts';
import { ParseError, readDtab, readTree } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import type { Target } from '../target.ts';

/** What is read is shown in a form that reads as the same; what is not is a ParseError. */
function stable<T>(text: string, read: (text: string) => T, show: (value: T) => string): void {
  let value: T;
  try {
    value = read(text);
  } catch (error) {
    if (error instanceof ParseError) return;
    throw error;
  }
  const shown = show(value);
  assert.equal(show(read(shown)), shown);
}

/** Dtabs, trees and paths, as a caller's `l5d-dtab` may have them. */
export const target: Target = {
  run(input) {
    const text = input.toString('latin1');
    stable(text, readDtab, showDtab);
    stable(text, readTree, showPathTree);
    stable(text, Path.read, (path) => path.show);
  },
  seeds: [
    '/svc => /#/io.l5d.fs ; /svc/*/a => 0.5 * /x & 0.5 * /y | ! | ~ | $ ;',
    '/a => (/b | (3 * /c & /d)) # note\n; /\\x2fb=>/$/inet/127.1/80',
    '/svc/web/\\xe9',
    '/',
  ],
};
