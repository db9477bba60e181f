import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { overrides } from '#webhook/overrides.ts';
import { reasons } from '#webhook/reasons.ts';

const page = readFileSync(new URL('../../docs/injection.md', import.meta.url), 'utf8');

test('the page on injection lists every reason as it is given', () => {
  const rows = Object.entries(reasons).map(([code, { text }]) => `| \`${code}\` | ${text} |`);
  assert.equal(page.slice(page.lastIndexOf('| --- | --- |\n') + 14), `${rows.join('\n')}\n`);
});

test('the page on injection lists every override, and no other', () => {
  const listed = [...page.matchAll(/`config\.heddle\.io\/([a-z-]+)`/g)].map(([, key]) => key);
  assert.deepEqual(listed.sort(), Object.keys(overrides).sort());
});
