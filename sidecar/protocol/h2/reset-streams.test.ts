import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResetStreams } from './reset-streams.ts';

test('what was on its way when a stream was reset is forgiven, up to what had been allowed', () => {
  const streams = new ResetStreams();
  streams.add(1, 100);
  assert.equal(streams.forgives(1, 60, false), true);
  assert.equal(streams.forgives(1, 40, false), true);
  assert.equal(streams.forgives(1, 0, false), true);
  assert.equal(streams.forgives(1, 1, false), false);
  assert.equal(streams.forgives(1, 0, false), false, 'not after it went too far');
});

test('nothing comes behind the end, and nothing of streams that were not reset is forgiven', () => {
  const streams = new ResetStreams();
  streams.add(1, 100);
  assert.equal(streams.forgives(1, 10, true), true);
  assert.equal(streams.forgives(1, 10, false), false);
  assert.equal(streams.forgives(3, 0, true), false);
});

test('a thousand are remembered, the latest ones', () => {
  const streams = new ResetStreams();
  for (let id = 1; id <= 2 * 1025; id += 2) streams.add(id, 1);
  assert.equal(streams.forgives(1, 1, false), false);
  assert.equal(streams.forgives(3, 1, false), true);
  assert.equal(streams.forgives(2 * 1025 - 1, 1, false), true);
});
