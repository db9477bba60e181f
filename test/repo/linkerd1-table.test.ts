import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** The features that docs/linkerd1.md says are here, as plain text. */
function features(): string[] {
  const [, table = ''] = readFileSync(join(root, 'docs/linkerd1.md'), 'utf8').split('## Feature by feature');
  return table
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter(([, , , ours = '']) => ours.startsWith('yes'))
    .map(([, feature = '']) => plain(feature));
}

/** Without the marks that Markdown and string literals need. */
const plain = (text: string): string => text.replaceAll(/[`\\]/g, '');

test('every feature of Linkerd 1.x that is said to be here has a test named after it', () => {
  const files = globSync('{core,sidecar,cli,webhook,manifests,test}/**/*.test.ts', { cwd: root });
  const tests = plain(files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n'))
    // A row of a table of tests: `row` puts the rest before it.
    .replaceAll(/\brow\(\s*'/g, "'linkerd1: ");
  const all = features();
  assert.ok(all.length > 100, `${all.length} features`);
  assert.deepEqual(
    all.filter((feature) => !tests.includes(`linkerd1: ${feature}`)),
    [],
  );
});
