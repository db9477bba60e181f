import { readFileSync } from 'node:fs';

/** The linkers' configurations as shipped. A bundle has the folder `linker` beside it. */
export function linkerTexts(): { readonly sidecar: string; readonly node: string } {
  const read = (name: string): string => readFileSync(new URL(`linker/${name}`, import.meta.url), 'utf8');
  return { sidecar: read('sidecar.yaml'), node: read('node.yaml') };
}
