import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { refreshed } from './certificate.ts';
import { injectorOptions } from './config.ts';
import { standalone } from './surroundings.ts';

test('without a cluster, namespaces come from manifests and the CA goes into a file', async (t) => {
  const folder = temporaryDirectory(t);
  const [file, caFile] = [join(folder, 'all.yaml'), join(folder, 'ca.crt')];
  writeFileSync(
    file,
    `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {heddle.io/inject: enabled}, annotations: {heddle.io/mode: node}}
---
# empty
---
kind: Service
metadata: {name: not-a-namespace}
`,
  );
  const { namespaces, place } = standalone(injectorOptions.parse({ namespaces: file, caFile }), new ManualClock());
  assert.ok(namespaces.synced);
  assert.deepEqual(namespaces.find('shop'), {
    name: 'shop',
    labels: { 'heddle.io/inject': 'enabled' },
    annotations: { 'heddle.io/mode': 'node' },
  });
  assert.equal(namespaces.size, 1);
  const material = await refreshed(undefined, ['a'], Date.now());
  await place.trust(material.ca);
  assert.equal(readFileSync(caFile, 'utf8'), material.ca);
});

test('without a file no namespace is known, which is a state like any other', () => {
  const { namespaces } = standalone(injectorOptions.parse({}), new ManualClock());
  assert.deepEqual([namespaces.synced, namespaces.size], [true, 0]);
});

test('manifests that cannot be read are an error', () => {
  assert.throws(() => standalone(injectorOptions.parse({ namespaces: '/nowhere.yaml' }), new ManualClock()), /ENOENT/);
});
