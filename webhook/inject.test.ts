import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { anyPod } from '#test/inject/pods.ts';
import { restrictedViolations } from '#test/inject/restricted.ts';
import { linkers, mesh, namespace, podOf, scene } from '#test/inject/scene.ts';
import type { Scene } from './decide.ts';
import { inject } from './inject.ts';
import { nodeHostPort } from './mesh.ts';
import { asPod, type Container, type Pod } from './pod.ts';

/** The pod after injection, as the API server makes it. */
function injected(pod: Pod, change: Partial<Scene> = {}): Pod {
  const { operations } = inject(scene(pod, change));
  return asPod(fastJsonPatch.applyPatch(structuredClone(pod), operations as never, true).newDocument);
}

const container = (pod: Pod, name: string): Container | undefined =>
  [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((c) => c.name === name);

const env = (pod: Pod, name: string) =>
  Object.fromEntries((container(pod, name)?.env ?? []).map((v) => [v.name, v.value]));
const status = (pod: Pod) => JSON.parse(pod.metadata?.annotations?.['heddle.io/status'] ?? 'null');

/** Every way an installed mesh may be set. */
const anyChange: fc.Arbitrary<Partial<Scene>> = fc
  .record({
    nativeSidecar: fc.boolean(),
    upperCaseEnv: fc.boolean(),
    nodeHost: fc.constantFrom(mesh.nodeHost, nodeHostPort(true)),
    mode: fc.constantFrom('sidecar', 'node'),
  })
  .map(({ mode, ...options }) => ({ mesh: { ...mesh, ...options }, namespace: namespace('shop', 'enabled', mode) }));

test('injecting twice changes nothing more', () => {
  fc.assert(
    fc.property(anyPod, anyChange, (pod, change) => {
      const once = injected(pod, change);
      assert.deepEqual(inject(scene(once, change)).operations, []);
    }),
    { numRuns: 500 },
  );
});

test('nothing of the pod is lost: fields, order, and values stay, but for lists of proxy exceptions that grow', () => {
  const without = (pod: Pod): unknown =>
    JSON.parse(JSON.stringify(pod), (key, value: unknown) => {
      if (value === null) return undefined;
      if (key === 'annotations' || key === 'labels') {
        return Object.fromEntries(
          Object.entries(value as object).filter(([k]) => !/^heddle.io\/(linked|status|linker-config)$/.test(k)),
        );
      }
      if (!Array.isArray(value)) return value;
      return value.filter(
        (item: { name?: string } | null) =>
          !/^(https?_proxy|no_proxy|HEDDLE_HOST_IP|heddle-.*)$/i.test(item?.name ?? ''),
      );
    });
  const empty = (pod: unknown): unknown =>
    JSON.parse(JSON.stringify(pod), (_, value: unknown) =>
      typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value,
    );
  fc.assert(
    fc.property(anyPod, anyChange, (pod, change) => {
      assert.deepEqual(empty(without(injected(pod, change))), empty(without(pod)));
    }),
    { numRuns: 500 },
  );
});

test('the pod that was given is never touched', () => {
  fc.assert(
    fc.property(anyPod, anyChange, (pod, change) => {
      const before = JSON.stringify(pod);
      inject(scene(pod, change));
      assert.equal(JSON.stringify(pod), before);
    }),
  );
});

test('a sidecar is a native one before all init containers, and all that follow it use it', () => {
  const pod = injected(podOf({ initContainers: [{ name: 'migrate' }] }));
  assert.deepEqual(
    pod.spec?.initContainers?.map((c) => c.name),
    ['heddle-linker', 'migrate'],
  );
  assert.equal((container(pod, 'heddle-linker') as { restartPolicy?: string }).restartPolicy, 'Always');
  for (const name of ['migrate', 'app']) assert.equal(env(pod, name)['http_proxy'], 'http://127.0.0.1:4140');
  assert.equal(pod.metadata?.labels?.['heddle.io/linked'], 'sidecar');
  assert.deepEqual(status(pod), {
    version: '1.2.3',
    mode: 'sidecar',
    config: linkers.sidecar.hash,
    containers: ['migrate', 'app'],
  });
});

test('without native sidecars it is the last container, and init containers, which run before it, do not use it', () => {
  const pod = injected(podOf({ initContainers: [{ name: 'migrate' }] }), { mesh: { ...mesh, nativeSidecar: false } });
  assert.deepEqual(
    pod.spec?.containers?.map((c) => c.name),
    ['app', 'heddle-linker'],
  );
  assert.deepEqual(env(pod, 'migrate'), {});
  assert.equal(env(pod, 'app')['http_proxy'], 'http://127.0.0.1:4140');
});

test('a sidecar reads its configuration, for its own namespace, from an annotation shown as a file', () => {
  const pod = injected(podOf(), { namespace: namespace('blue', 'enabled') });
  const text = pod.metadata?.annotations?.['heddle.io/linker-config'] ?? '';
  assert.match(text, /name: \/k8s\/blue\/\{port\}\/\{svc\}/);
  assert.doesNotMatch(text, /\{\{|#[^;/]*namespace/);
  const [volume] = (pod.spec?.volumes ?? []) as readonly { projected?: { sources?: unknown } }[];
  assert.deepEqual(volume?.projected?.sources, [
    {
      downwardAPI: {
        items: [{ path: 'linker.yaml', fieldRef: { fieldPath: "metadata.annotations['heddle.io/linker-config']" } }],
      },
    },
    { secret: { name: 'heddle-linker-tls' } },
  ]);
});

test("a sidecar uses the pod's token where it has one, else one of its own", () => {
  const mount = { name: 'kube-api-access-1', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const withToken = injected(
    podOf({ containers: [{ name: 'app', volumeMounts: [mount] }], volumes: [{ name: 'kube-api-access-1' }] }),
  );
  assert.deepEqual(container(withToken, 'heddle-linker')?.volumeMounts?.[1], mount);
  assert.deepEqual(
    withToken.spec?.volumes?.map((v) => v.name),
    ['kube-api-access-1', 'heddle-linker'],
  );
  const without = injected(podOf());
  assert.deepEqual(
    without.spec?.volumes?.map((v) => v.name),
    ['heddle-linker', 'heddle-kube-api'],
  );
  assert.equal(container(without, 'heddle-linker')?.volumeMounts?.[1]?.name, 'heddle-kube-api');
});

test('without TLS no Secret is asked for', () => {
  const pod = injected(podOf(), { mesh: { ...mesh, tlsSecret: '' } });
  assert.doesNotMatch(JSON.stringify(pod.spec?.volumes), /secret/);
});

test('in node mode a pod gets variables, a label and a status, and no container', () => {
  const pod = injected(podOf({ initContainers: [{ name: 'migrate' }] }, { 'heddle.io/mode': 'node' }));
  assert.deepEqual(
    pod.spec?.containers?.map((c) => c.name),
    ['app'],
  );
  assert.deepEqual(
    pod.spec?.initContainers?.map((c) => c.name),
    ['migrate'],
  );
  assert.equal(pod.spec?.volumes, undefined);
  for (const name of ['migrate', 'app']) {
    assert.equal(env(pod, name)['http_proxy'], 'http://heddle-linker.heddle.svc.cluster.local:4140');
  }
  assert.equal(pod.metadata?.labels?.['heddle.io/linked'], 'node');
  assert.deepEqual(status(pod), { version: '1.2.3', mode: 'node', containers: ['migrate', 'app'] });
});

test('a container added by another webhook after the first pass is served on the second', () => {
  const once = injected(podOf());
  const grown = { ...once, spec: { ...once.spec, containers: [...(once.spec?.containers ?? []), { name: 'late' }] } };
  const twice = injected(grown);
  assert.equal(env(twice, 'late')['http_proxy'], 'http://127.0.0.1:4140');
  assert.deepEqual(status(twice).containers, ['app', 'late']);
  assert.equal(inject(scene(twice)).why.code, 'already-injected');
});

test('an init container put before the sidecar after the first pass is not sent to it', () => {
  const once = injected(podOf());
  const grown = {
    ...once,
    spec: { ...once.spec, initContainers: [{ name: 'early' }, ...(once.spec?.initContainers ?? [])] },
  };
  assert.equal(inject(scene(grown)).operations.length, 0);
});

test('a pod keeps the mode it joined in, whatever is asked later', () => {
  const once = injected(podOf());
  assert.equal(inject(scene(once, { namespace: namespace('shop', 'enabled', 'node') })).why.code, 'already-injected');
});

test('a pod left alone against its wish says why; one that was not to be touched is not', () => {
  const refused = inject(scene(podOf({ hostNetwork: true })));
  assert.deepEqual(refused.operations, [
    {
      op: 'add',
      path: '/metadata/annotations',
      value: { 'heddle.io/status': '{"version":"1.2.3","reason":"host-network"}' },
    },
  ]);
  assert.equal(refused.why.code, 'host-network');
  for (const quiet of [podOf({}, { 'heddle.io/mode': 'none' }), podOf({}, {}, { 'heddle.io/inject': 'disabled' })]) {
    assert.deepEqual(inject(scene(quiet)).operations, []);
  }
});

test('a pod without metadata gets it', () => {
  const pod = injected({ spec: { containers: [{ name: 'app' }] } });
  assert.equal(pod.metadata?.labels?.['heddle.io/linked'], 'sidecar');
  const refused = injected({ spec: { containers: [{ name: 'app' }], hostNetwork: true } });
  assert.deepEqual(Object.keys(refused.metadata ?? {}), ['annotations']);
});

test('a key put in the wrong place is remarked on', () => {
  const pod = podOf({}, { 'heddle.io/inject': 'enabled' }, { 'heddle.io/mode': 'node' });
  const { notes, mode } = inject(scene(pod));
  assert.deepEqual(
    notes.map(({ code }) => code),
    ['inject-annotation', 'mode-label'],
  );
  assert.equal(mode, 'sidecar');
});

test('remarks stand in the status', () => {
  const pod = injected(
    podOf({ containers: [{ name: 'app', env: [{ name: 'http_proxy', value: 'http://corp:3128' }] }] }),
  );
  assert.deepEqual(status(pod).notes, ['own-proxy container "app"']);
  assert.deepEqual(status(pod).containers, []);
});

test('whatever was acceptable to Pod Security "restricted" still is', () => {
  const fine = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      { name: 'app', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ],
  };
  assert.deepEqual(restrictedViolations(podOf(fine)), []);
  for (const nativeSidecar of [true, false]) {
    assert.deepEqual(restrictedViolations(injected(podOf(fine), { mesh: { ...mesh, nativeSidecar } })), []);
  }
  assert.notDeepEqual(restrictedViolations(podOf()), []);
});

test('a patch stays small: 3 KB for a sidecar, 0.6 KB for node mode', () => {
  const mount = { name: 'kube-api-access-1', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const pod = (mode: string): Pod =>
    podOf(
      { containers: [{ name: 'app', env: [], volumeMounts: [mount] }], volumes: [{ name: 'kube-api-access-1' }] },
      { 'heddle.io/mode': mode },
    );
  const bytes = (mode: string): number => Buffer.byteLength(JSON.stringify(inject(scene(pod(mode))).operations));
  assert.ok(bytes('sidecar') <= 3072, `sidecar ${bytes('sidecar')}`);
  assert.ok(bytes('node') <= 614, `node ${bytes('node')}`);
});
