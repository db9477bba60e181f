import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { anyPod } from '#test/inject/pods.ts';
import { restrictedViolations } from '#test/inject/restricted.ts';
import { linkers, mesh, podOf, scene } from '#test/inject/scene.ts';
import type { Linkers, Mesh } from '../mesh.ts';
import type { Container, Pod } from '../pod.ts';
import { linkerContainer, linkerDirectory } from './linker-container.ts';

const anyMesh = fc.boolean().map((nativeSidecar): Mesh => ({ ...mesh, nativeSidecar }));

function joined(pod: Pod, of: Mesh = mesh, configured: Linkers = linkers): Pod {
  const operations = linkerContainer(scene(pod, { mesh: of, linkers: configured }));
  return fastJsonPatch.applyPatch(structuredClone(pod), operations as never, true).newDocument;
}

const inits = (pod: Pod): readonly Container[] => pod.spec?.initContainers ?? [];
const apps = (pod: Pod): readonly Container[] => pod.spec?.containers ?? [];

/** The sidecar of a pod that has nothing of its own to do with it. */
function sidecar(change: Partial<Mesh> = {}, pod: Pod = podOf(), configured: Linkers = linkers) {
  const after = joined(pod, { ...mesh, ...change }, configured);
  const found = [...inits(after), ...apps(after)].find(({ name }) => name === 'heddle-linker');
  assert.ok(found);
  return found as Container & Readonly<Record<string, unknown>>;
}

test('a native sidecar is before all init containers, a plain one after all containers; the rest stays as it was', () => {
  fc.assert(
    fc.property(anyPod, anyMesh, (pod, of) => {
      const after = joined(pod, of);
      const [native, others] = of.nativeSidecar ? [inits(after)[0], inits(after).slice(1)] : [undefined, inits(after)];
      const plain = of.nativeSidecar ? undefined : apps(after).at(-1);
      assert.equal((native ?? plain)?.name, 'heddle-linker');
      assert.deepEqual(others, inits(pod));
      assert.deepEqual(of.nativeSidecar ? apps(after) : apps(after).slice(0, -1), apps(pod));
    }),
  );
});

test('a pod that has a linker is given no other', () => {
  fc.assert(
    fc.property(anyPod, anyMesh, anyMesh, (pod, once, again) => {
      assert.deepEqual(linkerContainer(scene(joined(pod, once), { mesh: again })), []);
    }),
  );
});

test('it asks for no right that Pod Security "restricted" does not give, and cannot write its own files', () => {
  for (const nativeSidecar of [true, false]) {
    const container = sidecar({ nativeSidecar });
    assert.deepEqual(restrictedViolations({ spec: { containers: [container] } }), []);
    assert.deepEqual(
      { ...(container['securityContext'] as object), readOnlyRootFilesystem: true },
      container['securityContext'],
    );
  }
});

test('only a native sidecar has a restart policy: in a plain container the API server refuses it', () => {
  assert.equal(sidecar({ nativeSidecar: true })['restartPolicy'], 'Always');
  assert.equal('restartPolicy' in sidecar({ nativeSidecar: false }), false);
});

test('the mesh says which image, how it is pulled, and what it may use', () => {
  const resources = { cpuRequest: '1m', memoryRequest: '2Mi', memoryLimit: '3Mi' };
  const container = sidecar({ image: 'other:1', imagePullPolicy: 'Never', resources });
  assert.deepEqual([container['image'], container['imagePullPolicy']], ['other:1', 'Never']);
  assert.deepEqual(container['resources'], { requests: { cpu: '1m', memory: '2Mi' }, limits: { memory: '3Mi' } });
  assert.equal('imagePullPolicy' in sidecar({ imagePullPolicy: undefined }), false);
});

test('probes ask the admin port of the configuration, which the container names', () => {
  const adminPort = 7;
  const container = sidecar({}, podOf(), { ...linkers, sidecar: { ...linkers.sidecar, adminPort } });
  assert.deepEqual(container.ports, [{ name: 'heddle-admin', containerPort: adminPort }]);
  for (const probe of ['startupProbe', 'readinessProbe']) {
    const { httpGet } = container[probe] as { httpGet: unknown };
    assert.deepEqual(httpGet, { path: '/admin/ping', port: adminPort });
  }
  assert.equal(container['livenessProbe'], undefined, 'a slow linker is not killed with all its connections');
});

test('it reads its configuration where that is mounted, and the token of the pod where there is one', () => {
  const token = { name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const withToken = podOf({ containers: [{ name: 'app', volumeMounts: [token] }] });
  const config = { name: 'heddle-linker', mountPath: linkerDirectory };
  assert.deepEqual(sidecar({}, withToken).volumeMounts, [config, token]);
  assert.deepEqual(sidecar().volumeMounts, [config, { ...token, name: 'heddle-kube-api' }]);
  assert.deepEqual(sidecar()['args'], ['linker', `${linkerDirectory}/linker.yaml`]);
});
