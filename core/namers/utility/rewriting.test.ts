import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewritten } from '#test/naming/rewritten.ts';
import { rewriting } from './rewriting.ts';

const namers = [
  rewriting('reverse', (elements) => elements.toReversed()),
  rewriting('none', () => undefined),
  rewriting('hole', (elements) => [...elements, '']),
];

test('a rewriting namer gets the elements after its kind, and gives the path to go on with', () => {
  assert.equal(rewritten(namers, '/$/reverse/a/b\\x20'), '/\\x62\\x20/a');
  assert.equal(rewritten(namers, '/$/reverse'), '/');
});

test('what cannot be rewritten, or not to a path, is neg', () => {
  assert.equal(rewritten(namers, '/$/none/a'), 'neg');
  assert.equal(rewritten(namers, '/$/hole/a'), 'neg');
});
