import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showEnd } from './caller.ts';

test('ends are shown with IPv6 addresses in brackets', () => {
  assert.equal(showEnd({ ip: '127.0.0.1', port: 4711 }), '127.0.0.1:4711');
  assert.equal(showEnd({ ip: '::1', port: 80 }), '[::1]:80');
});
