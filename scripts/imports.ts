import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** One import in a source file. */
export interface Import {
  /** The importing file, from the root of the repository. */
  readonly from: string;
  readonly line: number;
  /** `types` is erased before the program runs; `lazy` is an `import()` in the code. */
  readonly how: 'value' | 'types' | 'lazy';
  readonly what: Imported;
  /** The names in braces, for rules about one export of a module. */
  readonly names: readonly string[];
}

export type Imported =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'npm'; readonly name: string };

const statement =
  /^(?:import|export)\s+(?<types>type\s)?(?:(?<clause>[\w*{}\s,$]+?)\sfrom\s+)?'(?<from>[^']+)'|\bimport\('(?<lazy>[^']+)'\)/gm;

/** The imports of one file, in order. */
export function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(statement)].map((match) => {
    const { types, clause = '', from = '', lazy } = match.groups ?? {};
    const named = /\{([^}]*)\}/.exec(clause)?.[1] ?? '';
    const names = named.split(',').flatMap((name) => name.trim().replace(/ as .*$/, '') || []);
    // `import { type A }` is erased, too; a namespace or a bare import is not.
    const erased = types !== undefined || (names.length > 0 && names.every((name) => name.startsWith('type ')));
    return {
      from: path,
      line: text.slice(0, match.index).split('\n').length,
      how: lazy !== undefined ? 'lazy' : erased ? 'types' : 'value',
      what: imported(path, lazy ?? from),
      names: names.map((name) => name.replace(/^type /, '')),
    };
  });
}

export function readImports(root: string, paths: readonly string[]): Import[] {
  return paths.flatMap((path) => importsOf(path, readFileSync(join(root, path), 'utf8')));
}

function imported(path: string, specifier: string): Imported {
  if (specifier.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(path), specifier) };
  if (specifier.startsWith('#')) return { kind: 'file', path: specifier.slice(1) };
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier };
  const parts = specifier.split('/');
  return { kind: 'npm', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
