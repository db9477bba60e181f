import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkers, mesh } from '#test/inject/scene.ts';
import { selfCheck } from './self-check.ts';

test('an injector that works has nothing to say', () => {
  assert.deepEqual(selfCheck({ mesh, linkers }), []);
});

test('one that cannot inject says why', () => {
  assert.deepEqual(selfCheck({ mesh: { ...mesh, namespace: 'self-check' }, linkers }), [
    'self-check: system-namespace',
  ]);
  const broken = {
    mesh,
    linkers: { ...linkers, sidecar: { ...linkers.sidecar, text: undefined as unknown as string } },
  };
  assert.match(selfCheck(broken)[0] ?? '', /^self-check: TypeError/);
});
