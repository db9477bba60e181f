import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearPatterns } from './linear-patterns.ts';

test('a pattern that would take for ever is done at once', () => {
  linearPatterns();
  linearPatterns();
  assert.equal(/^\/(a+)+b$/.test(`/${'a'.repeat(60)}`), false);
  assert.equal(/^\/(?:x|x|xx)+$/.test(`/${'x'.repeat(200)}!`), false);
});
