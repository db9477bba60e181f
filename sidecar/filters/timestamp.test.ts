import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { timestamp } from './timestamp.ts';

test('linkerd1: timestampHeader adds the time of the request in milliseconds, behind what the caller wrote', () => {
  const { x } = call({ lines: 'X-Stamp: mine\r\n' });
  timestamp('X-Stamp').request?.(x);
  assert.equal(x.request.lines, `Host: web\r\nX-Stamp: mine\r\nX-Stamp: ${x.clock.wall()}\r\n`);
});
