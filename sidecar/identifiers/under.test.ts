import assert from 'node:assert/strict';
import { test } from 'node:test';
import { under } from './under.ts';

test('a path below a prefix has one slash between', () => {
  assert.equal(under('/svc', '/a/b'), '/svc/a/b');
  assert.equal(under('/svc', '/'), '/svc');
  assert.equal(under('/', '/a'), '/a');
  assert.equal(under('/', '/'), '/');
});
