import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewritten } from '#test/naming/rewritten.ts';
import { endNamers } from './ends.ts';

test('nil is Empty and fail is Fail, whatever comes after', () => {
  for (const rest of ['', '/a/b']) {
    assert.equal(rewritten(endNamers, `/$/nil${rest}`), 'empty');
    assert.equal(rewritten(endNamers, `/$/fail${rest}`), 'fail');
  }
});
