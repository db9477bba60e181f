import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleRate } from './telemeter.ts';

test('a sample rate is between nothing and all', () => {
  assert.deepEqual([sampleRate.parse(0), sampleRate.parse(1)], [0, 1]);
  for (const rate of [-0.1, 1.1, '1', undefined])
    assert.throws(() => sampleRate.parse(rate), /sampleRate must be between 0\.0 and 1\.0/);
});
