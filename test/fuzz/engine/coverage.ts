import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HITS, instrument } from './instrument.ts';

const SIZE = 1 << 16;
const root = join(import.meta.dirname, '../../..');

/** What of the product runs: every module of it loaded from now on is instrumented. One a process or worker. */
export class Coverage {
  readonly hits = new Uint8Array(SIZE);
  readonly literals = new Set<string | number>();
  /** Counters handed out. */
  blocks = 0;
  /** By counter: orders of magnitude seen, one bit each. */
  readonly #seen = new Uint8Array(SIZE);

  constructor() {
    (globalThis as Record<string, unknown>)[HITS] = this.hits;
    registerHooks({
      load: (url, context, next) => {
        const loaded = next(url, context);
        if (!url.startsWith('file:') || !/^(core|sidecar)\//.test(relative(root, fileURLToPath(url)))) return loaded;
        const source = stripTypeScriptTypes(String(loaded.source));
        const { code, blocks, literals } = instrument(source, this.blocks);
        this.blocks += blocks;
        if (this.blocks > SIZE) throw new Error(`more than ${SIZE} blocks`);
        for (const literal of literals) this.literals.add(literal);
        return { ...loaded, format: 'module', source: code, shortCircuit: true };
      },
    });
  }

  /** Forgets what ran, but not what has been seen. */
  begin(): void {
    this.hits.fill(0, 0, this.blocks);
  }

  /** How much of what has run since `begin` had not been seen before, or not as often. */
  news(): number {
    let news = 0;
    for (let i = 0; i < this.blocks; i++) {
      const hits = this.hits[i] as number;
      if (hits === 0) continue;
      const bit = magnitude(hits);
      if (((this.#seen[i] as number) & bit) !== 0) continue;
      this.#seen[i] = (this.#seen[i] as number) | bit;
      news += 1;
    }
    return news;
  }

  /** What has run since `begin`, as counters with their orders of magnitude. */
  features(): readonly number[] {
    const all: number[] = [];
    for (let i = 0; i < this.blocks; i++) {
      const hits = this.hits[i] as number;
      if (hits !== 0) all.push((i << 8) | magnitude(hits));
    }
    return all;
  }

  /** Blocks that have run at all. */
  get reached(): number {
    return this.#seen.reduce((n, bits) => n + (bits === 0 ? 0 : 1), 0);
  }
}

/** 1, 2, 3, 4–7, 8–15, 16–31, 32–127, 128 and more: one bit each. */
function magnitude(hits: number): number {
  if (hits < 4) return 1 << (hits - 1);
  if (hits < 8) return 8;
  if (hits < 16) return 16;
  if (hits < 32) return 32;
  return hits < 128 ? 64 : 128;
}
