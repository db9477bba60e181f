import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { referencePages } from '#scripts/reference/pages.ts';

const directory = join(import.meta.dirname, '../../docs/reference');

test('docs/reference says what the schemas say: `npm run reference` writes it anew', () => {
  const pages = referencePages();
  assert.deepEqual(readdirSync(directory).sort(), [...pages.keys()].sort());
  for (const [file, text] of pages) assert.equal(readFileSync(join(directory, file), 'utf8'), text, file);
});
