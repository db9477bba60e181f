import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mesh, namespace, podOf, scene } from '#test/inject/scene.ts';
import { decide, rules } from './decide.ts';
import { inject } from './inject.ts';
import { nodeHostPort } from './mesh.ts';
import type { Pod } from './pod.ts';

const verdict = (...args: Parameters<typeof scene>): string => {
  const decision = decide(scene(...args));
  return decision.kind === 'inject' ? decision.mode : decision.why.code;
};

// Rows: the pod's label. Columns: the namespace's label, absent, enabled, disabled, something else.
const truthTable: readonly (readonly [pod: string | undefined, ...columns: readonly string[]])[] = [
  [undefined, 'not-enabled', 'sidecar', 'namespace-disabled', 'invalid-namespace-label'],
  ['enabled', 'sidecar', 'sidecar', 'sidecar', 'sidecar'],
  ['disabled', 'pod-disabled', 'pod-disabled', 'pod-disabled', 'pod-disabled'],
  ['true', 'invalid-pod-label', 'invalid-pod-label', 'invalid-pod-label', 'invalid-pod-label'],
];

for (const [pod, ...columns] of truthTable) {
  [undefined, 'enabled', 'disabled', 'yes'].forEach((ns, i) => {
    test(`a pod labelled ${pod} in a namespace labelled ${ns}: ${columns[i]}`, () => {
      const labels = pod === undefined ? undefined : { 'heddle.io/inject': pod };
      assert.equal(verdict(podOf({}, undefined, labels), { namespace: namespace('shop', ns) }), columns[i]);
    });
  });
}

for (const name of ['kube-system', 'kube-public', 'kube-node-lease', 'heddle']) {
  test(`nothing in ${name} is injected, not even a pod that asks for it`, () => {
    const pod = podOf({}, undefined, { 'heddle.io/inject': 'enabled' });
    assert.equal(verdict(pod, { namespace: namespace(name, 'enabled') }), 'system-namespace');
  });
}

const values = [undefined, 'sidecar', 'node', 'none', 'Sidecar'] as const;
for (const pod of values) {
  for (const ns of values) {
    for (const byDefault of ['sidecar', 'node', 'none'] as const) {
      const asked = pod ?? ns ?? byDefault;
      const expected = asked === 'none' ? 'mode-none' : asked === 'Sidecar' ? 'invalid-mode' : asked;
      test(`mode ${pod} on the pod, ${ns} on the namespace, ${byDefault} by default: ${expected}`, () => {
        const annotations = pod === undefined ? undefined : { 'heddle.io/mode': pod };
        const change = { namespace: namespace('shop', 'enabled', ns), mesh: { ...mesh, defaultMode: byDefault } };
        assert.equal(verdict(podOf({}, annotations), change), expected);
      });
    }
  }
}

const node = { 'heddle.io/mode': 'node' };
const table: readonly (readonly [what: string, pod: Pod, inSidecarMode: string, inNodeMode: string])[] = [
  ['a mirror pod', podOf({}, { 'kubernetes.io/config.mirror': 'x' }), 'mirror-pod', 'mirror-pod'],
  ['a pod without containers', podOf({ containers: [] }), 'no-containers', 'no-containers'],
  ['a pod whose containers are null', podOf({ containers: null }), 'no-containers', 'no-containers'],
  ['a pod without a spec', {}, 'no-containers', 'no-containers'],
  [
    'a pod with linkerd-proxy',
    podOf({ containers: [{ name: 'app' }, { name: 'linkerd-proxy' }] }),
    'other-mesh',
    'other-mesh',
  ],
  ['a pod with a native istio-proxy', podOf({ initContainers: [{ name: 'istio-proxy' }] }), 'other-mesh', 'other-mesh'],
  ['a host network pod', podOf({ hostNetwork: true }), 'host-network', 'host-network-dns'],
  [
    'one that resolves Services',
    podOf({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    'host-network',
    'node',
  ],
  ['a Windows pod', podOf({ os: { name: 'windows' } }), 'windows', 'node'],
  ['a pod selecting Windows nodes', podOf({ nodeSelector: { 'kubernetes.io/os': 'windows' } }), 'windows', 'node'],
  ['a pod selecting Linux nodes', podOf({ nodeSelector: { 'kubernetes.io/os': 'linux' } }), 'sidecar', 'node'],
  [
    'a container on 4141',
    podOf({ containers: [{ name: 'a', ports: [{ containerPort: 4141 }] }] }),
    'port-conflict',
    'node',
  ],
  [
    'one on UDP 4141',
    podOf({ containers: [{ name: 'a', ports: [{ containerPort: 4141, protocol: 'UDP' }] }] }),
    'sidecar',
    'node',
  ],
  ['a foreign container heddle-linker', podOf({ containers: [{ name: 'heddle-linker' }] }), 'name-taken', 'node'],
  ['a foreign volume heddle-linker', podOf({ volumes: [{ name: 'heddle-linker' }] }), 'name-taken', 'node'],
  ['a pod of a Job', podOf({ restartPolicy: 'Never' }), 'sidecar', 'node'],
];

for (const [what, pod, inSidecarMode, inNodeMode] of table) {
  test(`${what}: ${inSidecarMode} in sidecar mode, ${inNodeMode} in node mode`, () => {
    assert.equal(verdict(pod), inSidecarMode);
    const metadata = { ...pod.metadata, annotations: { ...pod.metadata?.annotations, ...node } };
    assert.equal(verdict({ ...pod, metadata }), inNodeMode);
  });
}

test('without native sidecars a pod that runs to completion is left alone, as it would never end', () => {
  const plain = { mesh: { ...mesh, nativeSidecar: false } };
  assert.equal(verdict(podOf({ restartPolicy: 'OnFailure' }), plain), 'job-needs-native-sidecar');
  assert.equal(verdict(podOf({ restartPolicy: 'OnFailure' }, node), plain), 'node');
  assert.equal(verdict(podOf(), plain), 'sidecar');
});

test('a host network pod reaches a host port without DNS', () => {
  assert.equal(
    verdict(podOf({ hostNetwork: true }, node), { mesh: { ...mesh, nodeHost: nodeHostPort(false) } }),
    'node',
  );
});

test('a copied status annotation does not make a pod joined', () => {
  const { operations } = inject(scene(podOf()));
  const copied = operations.find(({ path }) => path === '/metadata/annotations')?.value as Record<string, string>;
  const pod = podOf({}, { 'heddle.io/status': copied['heddle.io/status'] ?? '' });
  assert.deepEqual(decide(scene(pod)), { kind: 'inject', mode: 'sidecar' });
  assert.ok(inject(scene(pod)).operations.some(({ path }) => path === '/spec/initContainers'));
});

test('every rule has a name of its own', () => {
  assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
});
