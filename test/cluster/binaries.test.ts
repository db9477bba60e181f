import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { clusterBinaries } from './binaries.ts';

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

test('binaries that KUBEBUILDER_ASSETS has are used, and nothing is built', async (t) => {
  const folder = temporaryDirectory(t);
  for (const name of names) writeFileSync(join(folder, name), '');
  const found = await clusterBinaries({ KUBEBUILDER_ASSETS: folder, PATH: '' });
  assert.deepEqual(found, Object.fromEntries(names.map((name) => [name, join(folder, name)])));
});

test('without binaries and without Go it says what to install', async (t) => {
  const folder = temporaryDirectory(t);
  const nothing = join(folder, 'assets');
  mkdirSync(nothing);
  for (const assets of [{}, { KUBEBUILDER_ASSETS: nothing }]) {
    await assert.rejects(
      clusterBinaries({ ...assets, PATH: folder, XDG_CACHE_HOME: folder }),
      /install Go 1\.26 or later .* or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver, /,
    );
  }
});
