import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mesh } from '#test/inject/scene.ts';
import { applyOverrides, overrides } from './overrides.ts';

const own = (key: string, value: string) => ({ [`config.heddle.io/${key}`]: value });
const codes = (...args: Parameters<typeof applyOverrides>) => applyOverrides(...args).notes.map(({ code }) => code);

test('without annotations the mesh is as it is', () => {
  const other = { 'example.com/a': '1', 'heddle.io/mode': 'node' };
  assert.deepEqual(applyOverrides(mesh, other, other), { mesh, skipContainers: [], notes: [] });
});

test('each annotation changes its own setting', () => {
  const given = {
    ...own('image', 'registry.example/heddle@sha256:abc'),
    ...own('native-sidecar', 'off'),
    ...own('skip-containers', 'db, cache'),
    ...own('no-proxy', '.corp, 10.0.0.1'),
    ...own('cpu-request', '10m'),
    ...own('memory-request', '32Mi'),
    ...own('memory-limit', '1.5Gi'),
  };
  assert.deepEqual(Object.keys(given).length, Object.keys(overrides).length);
  assert.deepEqual(applyOverrides({ ...mesh, noProxy: ['a'] }, {}, given), {
    mesh: {
      ...mesh,
      image: 'registry.example/heddle@sha256:abc',
      nativeSidecar: false,
      noProxy: ['a', '.corp', '10.0.0.1'],
      resources: { cpuRequest: '10m', memoryRequest: '32Mi', memoryLimit: '1.5Gi' },
    },
    skipContainers: ['db', 'cache'],
    notes: [],
  });
});

test("the pod's word beats its namespace's, key by key", () => {
  const result = applyOverrides(
    mesh,
    { ...own('image', 'ns:1'), ...own('memory-limit', '1Gi') },
    own('image', 'pod:1'),
  );
  assert.equal(result.mesh.image, 'pod:1');
  assert.equal(result.mesh.resources.memoryLimit, '1Gi');
});

test('unusable values and unknown keys are remarked on and ignored', () => {
  for (const [key, value] of [
    ['image', 'a b'],
    ['native-sidecar', 'auto'],
    ['skip-containers', ''],
    ['no-proxy', '$(X)'],
    ['memory-limit', '64MB'],
  ] as const) {
    assert.deepEqual(applyOverrides(mesh, {}, own(key, value)).mesh, mesh, key);
    assert.deepEqual(codes(mesh, {}, own(key, value)), ['invalid-override'], key);
  }
  assert.deepEqual(codes(mesh, own('imago', 'x'), own('toString', 'x')), ['unknown-override', 'unknown-override']);
});
