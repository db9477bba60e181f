import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { transformerKinds } from './kinds.ts';

test('every transformer of Linkerd is there, and ours', () => {
  const kinds = transformerKinds.kinds.map(({ kind }) => kind);
  assert.deepEqual(kinds.toSorted(), [
    'io.heddle.k8s.linked',
    'io.l5d.const',
    'io.l5d.k8s.daemonset',
    'io.l5d.k8s.localnode',
    'io.l5d.localhost',
    'io.l5d.port',
    'io.l5d.replace',
    'io.l5d.specificHost',
  ]);
});

test('a section is checked and made by its kind', () => {
  const config = transformerKinds.schema.parse({ kind: 'io.l5d.port', port: 4141 });
  assert.equal(transformerKinds.make(config, worldWithoutNames).tag.show, '/%/io.l5d.port/4141');
  assert.throws(
    () => transformerKinds.schema.parse({ kind: 'io.l5d.prot', port: 1 }),
    /unknown transformer io\.l5d\.prot/,
  );
});
