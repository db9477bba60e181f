import type { Step } from './document.ts';
import type { Remark } from './load.ts';

/** Parts of a process that cannot be made of the sections which are there for them. */
export class PartsError extends Error {
  override readonly name = 'PartsError';
  readonly problems: readonly Remark[];

  constructor(problems: readonly Remark[]) {
    super(problems.map(({ path, text }) => `${path.join('.')}: ${text}`).join('\n'));
    this.problems = problems;
  }
}

/** What each of the sections at `path` makes, in order. All are tried; throws a PartsError with what went wrong with any. */
export function makeEach<C, T>(path: readonly Step[], sections: readonly C[], make: (section: C) => T): T[] {
  const problems: Remark[] = [];
  const made = sections.map((section, i) => tryPart([...path, i], () => make(section), problems));
  if (problems.length > 0) throw new PartsError(problems);
  return made as T[];
}

/** What the section at `path` makes; undefined where it cannot, with what is wrong added to `problems`. */
export function tryPart<T>(path: readonly Step[], make: () => T, problems: Remark[]): T | undefined {
  try {
    return make();
  } catch (error) {
    problems.push(...problemsAt(path, error));
    return undefined;
  }
}

/** What the section at `path` makes; throws a PartsError. */
export function makePart<T>(path: readonly Step[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new PartsError(problemsAt(path, error));
  }
}

/** What an exception says of the section at `path`, or of parts of it. */
function problemsAt(path: readonly Step[], error: unknown): Remark[] {
  if (error instanceof PartsError)
    return error.problems.map((inner) => ({ path: [...path, ...inner.path], text: inner.text }));
  return [{ path, text: error instanceof Error ? error.message : String(error) }];
}
