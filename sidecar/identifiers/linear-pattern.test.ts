import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearPattern } from './linear-pattern.ts';

test('a pattern matches a text as a whole', () => {
  const matches = (pattern: string, text: string): boolean | undefined => linearPattern(pattern)?.test(text);
  assert.equal(matches('/a|/b', '/b'), true);
  assert.equal(matches('/a|/b', '/bc'), false);
  assert.equal(matches('/(foo|bar)(/.*)?', '/bar/x'), true);
  assert.equal(matches('/[0-9a-f]{32}', `/${'0f'.repeat(16)}`), true);
  assert.equal(matches('/[0-9a-f]{32}', `/${'0f'.repeat(15)}`), false);
  for (const [text, expected] of [
    ['/', false],
    ['/dd', true],
    ['/dddd', true],
    ['/ddddd', false],
  ] as const)
    assert.equal(matches('/d{2,4}', text), expected, text);
  assert.equal(matches('/\\d{20,}x', `/${'1'.repeat(40)}x`), true);
});

test('a pattern that would take for ever is done at once', () => {
  assert.equal(linearPattern('/(a+)+b')?.test(`/${'a'.repeat(60)}`), false);
  assert.equal(linearPattern('/(?:x|x|xx)+')?.test(`/${'x'.repeat(200)}!`), false);
  assert.equal(linearPattern('/(.*[a-z]{20})*!')?.test(`/${'a'.repeat(2000)}`), false);
});

test('what cannot be matched in linear time, is none or is too long, is refused', () => {
  for (const pattern of ['/[', '/(?=a)a', '/(a)\\1', '/(a{1,50}){1,50}', '/)(', `/${'a'.repeat(1024)}`])
    assert.equal(linearPattern(pattern), undefined, pattern);
});
