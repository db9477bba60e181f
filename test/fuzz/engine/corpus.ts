import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../corpus');
const fileOf = (target: string): string => join(folder, `${target}.txt`);

/** The inputs kept for a target: a JSON string a line, each of its characters a byte. */
export function readCorpus(target: string): readonly Buffer[] {
  const file = fileOf(target);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'latin1').split('\n').slice(0, -1);
  return lines.map((line) => Buffer.from(JSON.parse(line) as string, 'latin1'));
}

export function writeCorpus(target: string, inputs: readonly Buffer[]): void {
  const lines = inputs.map((input) => `${quote(input)}\n`).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  writeFileSync(fileOf(target), lines.join(''));
}

/** An input as a JSON string in ASCII. */
export function quote(input: Buffer): string {
  const hex = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(input.toString('latin1')).replace(/[\x7f-\xff]/g, hex);
}

/** Inputs that have together what all have: short ones, and none that is not needed. */
export function smallest(all: readonly { readonly input: Buffer; readonly features: readonly number[] }[]): Buffer[] {
  const have = new Set<number>();
  let kept = [...all].sort((a, b) => a.input.length - b.input.length);
  // Once from the short end, then once from the other: of two that reach the same the later one is left out.
  for (let pass = 0; pass < 2; pass++) {
    have.clear();
    kept = kept.filter(({ features }) => {
      const news = features.some((feature) => !have.has(feature));
      for (const feature of features) have.add(feature);
      return news;
    });
    kept.reverse();
  }
  return kept.map(({ input }) => input);
}
