import type { TestContext } from 'node:test';
import { showTree } from '#core/naming/name-tree.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import { readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { eventually } from './within.ts';

/** What an interpreter binds a path to, as text and as it changes: a shown tree of ids, `failed: …`, `pending`. */
export class BoundTree {
  readonly history: string[] = [];

  constructor(t: TestContext, interpreter: Interpreter, path: string, dtab = '') {
    const handle = interpreter.bind(readDtab(dtab), Path.read(path)).states.observe((state) => {
      if (state.kind === 'ok') this.history.push(showTree(state.value, (bound) => bound.id.show));
      else this.history.push(state.kind === 'failed' ? `failed: ${state.error.message}` : 'pending');
    });
    t.after(() => handle.close());
  }

  get now(): string {
    return this.history.at(-1) ?? '';
  }

  async until(expected: string): Promise<void> {
    await eventually(() => (this.now === expected ? true : undefined), `it is ${expected}`, 15_000).catch((error) => {
      throw new Error(`${error instanceof Error ? error.message : error}; it was ${this.history.join(' → ')}`);
    });
  }
}
