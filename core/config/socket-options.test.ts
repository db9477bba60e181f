import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketOptions, stillMs } from './socket-options.ts';

test('the defaults are those of Linkerd', () => {
  assert.deepEqual(socketOptions.parse({}), { noDelay: true, keepAlive: false, reuseAddr: true, reusePort: false });
});

test('an unknown option and a time of nothing are refused', () => {
  assert.equal(socketOptions.safeParse({ nodelay: true }).success, false);
  assert.equal(socketOptions.safeParse({ readTimeoutMs: 0 }).success, false);
});

test('of two time-outs the shorter counts, and without any nothing is closed', () => {
  assert.equal(stillMs(socketOptions.parse({ readTimeoutMs: 50, writeTimeoutMs: 20 })), 20);
  assert.equal(stillMs(socketOptions.parse({ readTimeoutMs: 50 })), 50);
  assert.equal(stillMs(socketOptions.parse({})), undefined);
});
