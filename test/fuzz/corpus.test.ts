import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCorpus } from './engine/corpus.ts';
import type { Target } from './target.ts';
import { targets } from './targets.ts';

// What fuzzing has found once is never lost again. `npm run fuzz` finds more.
for (const [name, file] of targets) {
  test(`every input kept for ${name} is taken`, async () => {
    const { target } = (await import(file)) as { target: Target };
    const inputs = [...target.seeds.map((seed) => Buffer.from(seed, 'latin1')), ...readCorpus(name)];
    assert.ok(inputs.length > 10, `only ${inputs.length} inputs`);
    for (const input of inputs) await target.run(input);
    target.close?.();
  });
}
