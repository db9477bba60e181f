import type { Path } from './path.ts';

/** What a matcher captured: the canonical text of path elements, or of parts of them, by name. */
export type Captures = ReadonlyMap<string, string>;

type Matcher = (element: string) => readonly (readonly [string, string])[] | undefined;

const capture = /\{([A-Za-z0-9.:_-]+)\}/g;

/**
 * The patterns of static client and service configurations and of rewriting namers: `/#/io.l5d.k8s/default/{port}/{service}`.
 *
 * A path matches if it starts with the pattern's elements. `*` is any one element; `{name}` captures an element, or
 * stands for part of one among literal text (`{role}:https`; greedy, and as in Linkerd the literal text may stand
 * anywhere in the element). `/` matches every path. Elements are compared in their canonical text.
 */
export class PathMatcher {
  readonly pattern: string;
  readonly #elements: readonly Matcher[];

  constructor(pattern: string) {
    this.pattern = pattern;
    const elements = pattern.replace(/^\/+|\/+$/g, '');
    this.#elements = elements === '' ? [] : elements.split('/').map(elementMatcher);
  }

  /** The captures, or undefined where the path does not match. */
  match(path: Path): Captures | undefined {
    if (path.size < this.#elements.length) return undefined;
    const shown = path.showElements;
    const captures = new Map<string, string>();
    for (const [i, matches] of this.#elements.entries()) {
      const found = matches(shown[i] ?? '');
      if (found === undefined) return undefined;
      for (const [name, value] of found) captures.set(name, value);
    }
    return captures;
  }
}

function elementMatcher(element: string): Matcher {
  if (element === '*') return () => [];
  const names = Array.from(element.matchAll(capture), (m) => m[1] ?? '');
  if (names.length === 0) return (shown) => (shown === element ? [] : undefined);
  const literals = element.split(capture).filter((_, i) => i % 2 === 0);
  const regex = new RegExp(literals.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('(.*)'));
  return (shown) => {
    const found = regex.exec(shown);
    return found === null ? undefined : names.map((name, i) => [name, found[i + 1] ?? ''] as const);
  };
}

/** Replaces every `{name}` that was captured; others stay as they are. */
export function substitute(text: string, captures: Captures): string {
  return text.replace(capture, (whole, name: string) => captures.get(name) ?? whole);
}
