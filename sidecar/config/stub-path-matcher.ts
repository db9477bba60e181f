import type { Path } from '#core/naming/path.ts';

export type Captures = Readonly<Record<string, string>>;

/** Stands in for core/naming/path-matcher.ts until that is there. */
export class PathMatcher {
  readonly #segments: readonly { readonly pattern: RegExp; readonly names: readonly string[] }[];

  private constructor(segments: readonly { readonly pattern: RegExp; readonly names: readonly string[] }[]) {
    this.#segments = segments;
  }

  static read(text: string): PathMatcher {
    if (!text.startsWith('/')) throw new Error(`a prefix begins with '/': ${text}`);
    return new PathMatcher(
      text
        .split('/')
        .filter((s) => s !== '')
        .map((segment) => {
          const names: string[] = [];
          if (segment === '*') return { pattern: /^.*$/, names };
          const pattern = segment.replace(
            /\{([A-Za-z0-9.:_-]+)\}|[\\^$.*+?()[\]{}|]/g,
            (found, name: string | undefined) => {
              if (name === undefined) return `\\${found}`;
              names.push(name);
              return '(.*)';
            },
          );
          return { pattern: new RegExp(`^${pattern}$`), names };
        }),
    );
  }

  match(path: Path): Captures | undefined {
    const captures: Record<string, string> = {};
    for (const [i, { pattern, names }] of this.#segments.entries()) {
      const found = pattern.exec(path.segments[i] ?? '/');
      if (found === null) return undefined;
      for (const [n, name] of names.entries()) captures[name] = found[n + 1] ?? '';
    }
    return captures;
  }
}

export function substitute(captures: Captures, text: string): string {
  return text.replace(/\{([A-Za-z0-9.:_-]+)\}/g, (whole, name: string) => captures[name] ?? whole);
}
