import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fuzz, type Result } from './fuzz.ts';

const planted = (name: string, seconds = 60): Promise<Result> =>
  fuzz({
    ...{ target: `planted/${name}`, file: join(import.meta.dirname, 'planted', `${name}.ts`) },
    ...{ seconds, seed: 1, patience: 1000 },
  });

test('coverage leads to an input that fails', async () => {
  const result = await planted('fails');
  assert.ok(result.kind === 'found');
  assert.match(result.error, /^Error: planted/);
  assert.match(result.input.toString('latin1'), /&/);
  assert.ok(result.figures.runs > 10 && result.figures.blocks > 50, JSON.stringify(result.figures));
});

test('an input that hangs is found', async () => {
  const result = await planted('hangs');
  assert.ok(result.kind === 'found');
  assert.equal(result.error, 'hangs');
  assert.ok(result.input.includes(0));
});

test('memory that fills up is found', async () => {
  const result = await planted('grows');
  assert.ok(result.kind === 'found');
  assert.match(result.error, /memory/);
});
