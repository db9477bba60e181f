import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ConfigError, showProblem } from '#core/config/problem.ts';
import { loadLinkerConfig } from '#sidecar/config.ts';

// In test/data/config, beside each file stands what the operator sees: all of its problems in bad/*.txt, its warnings, if any, in good/*.txt.

const folder = new URL('../data/config/', import.meta.url);

function outcome(file: string): { readonly good: boolean; readonly seen: string } {
  try {
    const { warnings } = loadLinkerConfig(readFileSync(new URL(file, folder), 'utf8'), file);
    return { good: true, seen: warnings.map((w) => `${showProblem(file, w)}\n`).join('') };
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return { good: false, seen: `${error.message}\n` };
  }
}

for (const kind of ['good', 'bad'] as const) {
  const files = readdirSync(new URL(kind, folder)).filter((name) => !name.endsWith('.txt'));
  for (const name of files) {
    test(`${kind}/${name} is ${kind === 'good' ? 'accepted' : 'refused'} in the words beside it`, () => {
      const words = new URL(`${kind}/${name.replace(/\.\w+$/, '.txt')}`, folder);
      const expected = kind === 'bad' || existsSync(words) ? readFileSync(words, 'utf8') : '';
      assert.deepEqual(outcome(`${kind}/${name}`), { good: kind === 'good', seen: expected });
    });
  }
}
