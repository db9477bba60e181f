import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readImports } from '#scripts/imports.ts';
import { productFiles } from '#scripts/layers.ts';

const root = join(import.meta.dirname, '../..');

/** Product files whose tests stand elsewhere, and why. */
const elsewhere: readonly { readonly files: RegExp; readonly because: string }[] = [
  { files: /^\w+\/(main|assemble)\.ts$/, because: 'a whole process: test/integration and test/cluster start it' },
  { files: /^cli\/commands(\.ts|\/.*)$/, because: 'declares a command: cli tests run the program' },
];

/** Whether nothing is left of a file when its types are gone, but imports. */
function isOnlyTypes(text: string): boolean {
  const code = stripTypeScriptTypes(text).replace(
    /\/\*[\s\S]*?\*\/|\/\/.*|\bimport\s[\s\S]*?'[^']+';|\bexport\s*\{\s*\};?|;/g,
    '',
  );
  return code.trim() === '';
}

/** Files that a test in their own folder imports: one test may serve several small files. */
function importedBesides(): Set<string> {
  const tests = globSync('*/**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**'] });
  return new Set(
    readImports(root, tests).flatMap(({ from, what }) =>
      what.kind === 'file' && dirname(what.path) === dirname(from) ? [what.path] : [],
    ),
  );
}

test('every product file has its unit tests beside it', () => {
  const tested = importedBesides();
  const missing = productFiles(root).filter(
    (path) =>
      !tested.has(path) &&
      !existsSync(join(root, path.replace(/\.ts$/, '.test.ts'))) &&
      !elsewhere.some(({ files }) => files.test(path)) &&
      !isOnlyTypes(readFileSync(join(root, path), 'utf8')),
  );
  assert.deepEqual(missing, []);
});

test('a file of types alone is known as one', () => {
  assert.equal(
    isOnlyTypes("import type { A } from './a.ts';\n// law\nexport interface B { a: A }\nexport type C = B;\n"),
    true,
  );
  assert.equal(isOnlyTypes("import { a } from './a.ts';\nexport const b = a;\n"), false);
});
