import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propagatorKinds } from './kinds.ts';

test('a router may have the headers of Linkerd, of Zipkin or of W3C', () => {
  assert.deepEqual(
    propagatorKinds.kinds.map(({ kind }) => kind),
    ['io.l5d.default', 'io.l5d.zipkin', 'io.heddle.w3c'],
  );
  assert.throws(() => propagatorKinds.schema.parse({ kind: 'b3' }), /unknown trace propagator b3/);
});
