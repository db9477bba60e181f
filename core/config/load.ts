import type * as z from 'zod';
import { ConfigDocument, type Step } from './document.ts';
import { ConfigError, type Problem } from './problem.ts';
import { unknownKey, wordsFor } from './words.ts';

/** Something to tell the operator of a value that was accepted. */
export interface Remark {
  readonly path: readonly Step[];
  readonly text: string;
}

export interface Loaded<T> {
  readonly value: T;
  /** The document as it was written: no defaults, no transformations, keys in their order. */
  readonly written: unknown;
  /** What was read, and where from. */
  readonly source: { readonly text: string; readonly file: string };
  readonly warnings: readonly Problem[];
  /** A remark with its place in the file. */
  placed(remark: Remark): Problem;
}

/**
 * Reads a configuration: text → positions → schema → value. Throws a ConfigError that holds everything that is wrong
 * with it, and nothing else.
 *
 * A bare scalar is read as its key needs it: `label: 5` is a text, `originator: yes` is true, as in Linkerd.
 */
export function load<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  remarks: (value: z.output<S>) => readonly Remark[] = () => [],
): Loaded<z.output<S>> {
  const document = new ConfigDocument(text.replace(/^\uFEFF/, ''));
  const at = lines(document.text);
  if (document.unreadable.length > 0) {
    throw new ConfigError(
      file,
      document.unreadable.map((u) => ({ ...at(u.offset), key: '', text: u.text, late: false })).sort(inOrder),
    );
  }
  if (document.documents === 0 || document.value() === undefined) {
    throw new ConfigError(file, [{ line: 1, column: 1, key: '', text: 'the file is empty', late: false }]);
  }

  const warnings: Problem[] = [];
  if (document.documents > 1) {
    warnings.push({ line: 1, column: 1, key: '', text: 'only the first of its documents is read', late: false });
  }
  for (;;) {
    const placed = ({ path, text }: Remark): Problem => ({
      ...at(document.offsetOf(path)),
      key: document.show(path),
      text,
      late: false,
    });
    const result = schema.safeParse(document.value(), { error: wordsFor });
    if (result.success) {
      warnings.push(...remarks(result.data).map(placed));
      return {
        value: result.data,
        written: document.value(),
        source: { text, file },
        warnings: warnings.sort(inOrder),
        placed,
      };
    }
    const issues = result.error.issues;
    const { dropped, reread } = mend(document, issues);
    warnings.push(...dropped.map((i) => problemOf(document, at, i)));
    for (const issue of dropped) document.drop(steps(issue));
    if (dropped.length > 0 || reread) continue;
    throw new ConfigError(file, issues.flatMap((issue) => problemsOf(document, at, issue)).sort(inOrder));
  }
}

type Issue = z.core.$ZodIssue;
type Place = (offset: number) => { readonly line: number; readonly column: number };

/** Rereads bare scalars that were taken for another type than their key needs, and finds the keys to be dropped. */
function mend(document: ConfigDocument, issues: readonly Issue[]): { dropped: Issue[]; reread: boolean } {
  let reread = false;
  for (const issue of issues) {
    if (issue.code !== 'invalid_type') continue;
    const bare = document.bare(steps(issue));
    const value = bare === undefined ? undefined : readAs(issue.expected, bare);
    if (value !== undefined && document.reread(steps(issue), value)) reread = true;
  }
  return { dropped: issues.filter((i) => i.code === 'custom' && i.params?.['drop'] === true), reread };
}

function readAs(expected: string, bare: string): string | boolean | undefined {
  if (expected === 'string') return bare;
  if (expected === 'boolean' && /^(yes|on)$/i.test(bare)) return true;
  if (expected === 'boolean' && /^(no|off)$/i.test(bare)) return false;
  return undefined;
}

function problemsOf(document: ConfigDocument, at: Place, issue: Issue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [problemOf(document, at, issue)];
  return issue.keys.map((key) => {
    const path = [...steps(issue), key];
    return {
      ...at(document.offsetOfKey(path)),
      key: document.show(path),
      text: unknownKey(key, issue.message),
      late: false,
    };
  });
}

/** `params` of an issue: `index`, a character inside the string; `late`, see Problem; `ofKey`, the key itself is meant. */
function problemOf(document: ConfigDocument, at: Place, issue: Issue): Problem {
  const path = steps(issue);
  const params = issue.code === 'custom' ? issue.params : undefined;
  const index: unknown = params?.['index'];
  const offset = typeof index === 'number' ? document.offsetInside(path, index) : document.offsetOf(path);
  return { ...at(offset), key: document.show(path), text: issue.message, late: params?.['late'] === true };
}

function steps(issue: Issue): Step[] {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

function lines(text: string): Place {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    const line = starts.findLastIndex((begin) => begin <= offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function inOrder(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
