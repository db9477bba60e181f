import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { keepAtMost } from './keep-at-most.ts';

test('less is kept than the codec would, and never more', () => {
  const { x } = call({ streamed: -1 });
  x.keepBytes = 100;
  keepAtMost(1000).request?.(x);
  assert.equal(x.keepBytes, 100);
  keepAtMost(10).request?.(x);
  assert.equal(x.keepBytes, 10);
  keepAtMost(0).request?.(x);
  assert.equal(x.replayable, false);
});
