import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from './engine/corpus.ts';
import { fuzz } from './engine/fuzz.ts';
import { targets } from './targets.ts';

for (const [target, file] of targets) {
  test(`${target}, fuzzed for two seconds`, async () => {
    const result = await fuzz({ target, file, seconds: 2, seed: 1, patience: 10_000 });
    if (result.kind === 'found') assert.fail(`${quote(result.input)}\n${result.error}`);
    assert.ok(result.figures.runs > 50, `${result.figures.runs} runs`);
    assert.ok(result.figures.heapGrowth < 64e6, `${result.figures.heapGrowth} bytes more`);
  });
}
