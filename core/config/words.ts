import type * as z from 'zod';
import { isPlanned } from './planned.ts';

type Issue = z.core.$ZodRawIssue;

/**
 * What to say of an issue zod found: what is wrong, what is allowed. For unknown keys it is only the list of the keys
 * allowed there, since one issue may stand for several keys.
 */
export function wordsFor(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return allowedKeys(issue.inst).join(', ');
    case 'invalid_type':
      return issue.input === undefined
        ? `is required: ${typeNamed(issue)}`
        : `${shown(issue.input)} is not ${typeNamed(issue)}`;
    case 'invalid_value':
      return `${shown(issue.input)} is not one of ${issue.values.map((v) => String(v)).join(', ')}`;
    case 'too_small':
      return `${shown(issue.input)} is too small: at least ${issue.minimum}`;
    case 'too_big':
      return `${shown(issue.input)} is too big: at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

/** Words for a key that is not allowed; `allowed` is the list `wordsFor` made. */
export function unknownKey(key: string, allowed: string): string {
  return `unknown key${suggestion(key, allowed.split(', '))}: allowed here are ${allowed}`;
}

/** ` (did you mean header?)`, or nothing where no word is near. */
export function suggestion(word: string, among: readonly string[]): string {
  const near = nearest(word, among);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

/** The nearest of some words by edit distance, unless none is near. */
function nearest(word: string, among: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const other of among) {
    const d = distance(word.toLowerCase(), other.toLowerCase());
    if (d < least) {
      least = d;
      best = other;
    }
  }
  return best;
}

/** Edits that lead from one word to the other; two neighbours that changed places are one. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const edits = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1)];
      row.push(Math.min(...edits, swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY));
    }
  }
  return at(a.length, b.length);
}

function allowedKeys(schema: unknown): string[] {
  const def = (schema as z.core.$ZodObject | undefined)?._zod.def;
  if (def?.type !== 'object') return [];
  return Object.keys(def.shape).filter((key) => !isPlanned(def.shape[key]));
}

function typeNamed(issue: Issue & { readonly code: 'invalid_type' }): string {
  switch (issue.expected) {
    case 'string':
      return 'a text';
    case 'int':
      return 'a whole number';
    case 'number':
      return isWhole(issue.inst) ? 'a whole number' : 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a section of keys';
    default:
      return issue.expected;
  }
}

/** `z.int()` reports a text as not a number; which kind of number it wanted only the schema knows. */
function isWhole(schema: unknown): boolean {
  const def = (schema as z.core.$ZodNumberFormat | undefined)?._zod.def;
  return def?.type === 'number' && def.format === 'safeint';
}

/** A value as an error quotes it, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a section';
  return String(value);
}
