import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseHead } from './response-head.ts';

test('a response head gives headers by name, in any case', () => {
  const head = new ResponseHead();
  head.lines = 'Content-Type: text/plain\r\nX-A: 1\r\n';
  assert.equal(head.get('content-type'), 'text/plain');
  assert.equal(head.get('x-b'), undefined);
});
