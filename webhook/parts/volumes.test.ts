import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { anyPod } from '#test/inject/pods.ts';
import { restrictedViolations } from '#test/inject/restricted.ts';
import { mesh, podOf, scene } from '#test/inject/scene.ts';
import type { Mesh } from '../mesh.ts';
import type { Pod } from '../pod.ts';
import { linkerContainer } from './linker-container.ts';
import { linkerVolumes, tokenDirectory, tokenVolume } from './volumes.ts';

interface Volume {
  readonly name: string;
  readonly projected?: { readonly sources: readonly Readonly<Record<string, unknown>>[] };
}

const anyMesh = fc
  .record({ nativeSidecar: fc.boolean(), tlsSecret: fc.constantFrom('', 'certs') })
  .map((options): Mesh => ({ ...mesh, ...options }));

/** The pod with its volumes, and with the container that mounts them. */
function joined(pod: Pod, of: Mesh = mesh): Pod {
  const asked = scene(pod, { mesh: of });
  const operations = [...linkerVolumes(asked), ...linkerContainer(asked)];
  return fastJsonPatch.applyPatch(structuredClone(pod), operations as never, true).newDocument;
}

const volumes = (pod: Pod): readonly Volume[] => pod.spec?.volumes ?? [];
const added = (pod: Pod, of: Mesh = mesh): readonly Volume[] => volumes(joined(pod, of)).slice(volumes(pod).length);
const token = { name: 'kube-api-access-x', mountPath: tokenDirectory };
const withToken = podOf({ containers: [{ name: 'a' }, { name: 'b', volumeMounts: [token] }] });

test('the volumes of the pod stay, in their order, before those of the sidecar', () => {
  fc.assert(
    fc.property(anyPod, anyMesh, (pod, of) => {
      assert.deepEqual(volumes(joined(pod, of)).slice(0, volumes(pod).length), volumes(pod));
    }),
  );
});

test("all that the sidecar mounts is there: its own volumes, or that of the pod's token", () => {
  fc.assert(
    fc.property(anyPod, anyMesh, (pod, of) => {
      const after = joined(pod, of);
      const linker = [...(after.spec?.initContainers ?? []), ...(after.spec?.containers ?? [])].find(
        ({ name }) => name === 'heddle-linker',
      );
      const there = [...volumes(after).map(({ name }) => name), tokenVolume(pod)];
      for (const { name } of linker?.volumeMounts ?? []) assert.ok(there.includes(name), name);
      assert.equal(linker?.volumeMounts?.length, 2);
    }),
  );
});

test('asking again adds nothing', () => {
  fc.assert(
    fc.property(anyPod, anyMesh, (pod, of) => {
      assert.deepEqual(linkerVolumes(scene(joined(pod, of), { mesh: of })), []);
    }),
  );
});

test('the token of a pod is found by its place, in whichever container', () => {
  assert.equal(tokenVolume(withToken), 'kube-api-access-x');
  const elsewhere = { name: 'data', mountPath: `${tokenDirectory}/deeper` };
  for (const pod of [{}, { spec: null }, podOf(), podOf({ containers: [{ name: 'a', volumeMounts: [elsewhere] }] })])
    assert.equal(tokenVolume(pod), undefined);
});

test('a token of its own goes to a sidecar only where the pod has none, and never to the app', () => {
  const names = (pod: Pod) => added(pod).map(({ name }) => name);
  assert.deepEqual(names(withToken), ['heddle-linker']);
  assert.deepEqual(names(podOf()), ['heddle-linker', 'heddle-kube-api']);
  assert.deepEqual(joined(podOf()).spec?.containers, podOf().spec?.containers);
});

test('a token of its own is short-lived and comes with the CA, as clients expect to find them', () => {
  const [, own] = added(podOf());
  assert.deepEqual(own?.projected?.sources, [
    { serviceAccountToken: { path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  ]);
});

test('the configuration is the annotation of the pod as a file; certificates are beside it where there is TLS', () => {
  const sources = (tlsSecret: string) => added(withToken, { ...mesh, tlsSecret })[0]?.projected?.sources;
  const config = {
    downwardAPI: {
      items: [{ path: 'linker.yaml', fieldRef: { fieldPath: "metadata.annotations['heddle.io/linker-config']" } }],
    },
  };
  assert.deepEqual(sources(''), [config]);
  assert.deepEqual(sources('certs'), [config, { secret: { name: 'certs' } }]);
});

test('no kind of volume is used that Pod Security "restricted" forbids', () => {
  assert.deepEqual(restrictedViolations({ spec: { volumes: added(podOf()) } }), []);
});
