import type { Import } from './imports.ts';

/** Which file imports which, without what happens later (`import()`). */
export function edges(imports: readonly Import[], hows: readonly Import['how'][]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { from, how, what } of imports) {
    if (what.kind === 'file' && hows.includes(how)) found.set(from, [...(found.get(from) ?? []), what.path]);
  }
  return found;
}

/** One cycle of every group of files that need each other: the files in order, the first once more at the end. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (file: string): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    trail.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

/** The file and all that it loads. */
export function reachable(graph: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const found = new Set<string>();
  const waiting = [from];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    waiting.push(...(graph.get(file) ?? []));
  }
  return found;
}
