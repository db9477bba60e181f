import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { marks } from './pod-marks.ts';

const { overridePrefix, ...keys } = marks;

/** The API server's rule for the key of a label or annotation: a DNS subdomain, then a name of up to 63 characters. */
const qualified =
  /^(?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/(?=.{1,63}$)[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/;

test('every mark is a key that the API server takes', () => {
  for (const key of [...Object.values(keys), `${overridePrefix}memory-limit`]) assert.match(key, qualified);
});

test('no two marks are the same, and none is taken for an override', () => {
  const all = Object.values(keys);
  assert.equal(new Set<string>(all).size, all.length);
  assert.deepEqual(
    all.filter((key) => key.startsWith(overridePrefix)),
    [],
  );
});

test('all marks are of our own domain', () => {
  for (const key of Object.values(marks)) assert.match(key, /^([a-z]+\.)*heddle\.io\//);
});

test('what people write and find on pods is what they are told of', () => {
  const told = readFileSync(new URL('../docs/injection.md', import.meta.url), 'utf8');
  for (const key of Object.values(marks)) assert.ok(told.includes(`\`${key}`), key);
});
