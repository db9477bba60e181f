import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, complete } from './backoff.ts';

test('a backoff is constant or jittered, and counts only where it says everything', () => {
  const of = (config: object) => complete(backoff.parse(config));
  assert.deepEqual(of({ kind: 'constant', ms: 5 }), { kind: 'constant', ms: 5 });
  assert.deepEqual(of({ kind: 'constant' }), { kind: 'constant', ms: 0 });
  assert.deepEqual(of({ kind: 'jittered', minMs: 1, maxMs: 9 }), { kind: 'jittered', minMs: 1, maxMs: 9 });
  for (const half of [{ minMs: 1 }, { maxMs: 9 }, {}]) {
    assert.deepEqual(of({ kind: 'jittered', ...half }), undefined);
  }
  assert.equal(complete(undefined), undefined);
  assert.throws(() => of({ kind: 'constant', ms: -1 }));
  assert.throws(() => of({ kind: 'exponential' }), /unknown backoff exponential/);
});
