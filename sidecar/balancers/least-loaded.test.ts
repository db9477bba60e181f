import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeastLoaded } from './least-loaded.ts';

test('the cost of an endpoint is what it has under way', () => {
  const load = new LeastLoaded();
  assert.equal(load.cost(), 0);
  load.begin();
  load.begin();
  assert.equal(load.cost(), 2);
  load.end();
  assert.equal(load.cost(), 1);
});
