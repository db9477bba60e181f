import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { restrictedViolations } from '#test/inject/restricted.ts';
import { linkerTexts } from './linker-texts.ts';
import { meshManifests, showManifests } from './mesh.ts';
import type { InstallOptions, Manifest } from './options.ts';

const options: InstallOptions = {
  version: '1.2.3',
  namespace: 'heddle',
  image: 'heddle:1.2.3',
  injector: { replicas: 2, failurePolicy: 'Ignore', args: ['--default-mode=node'] },
  linkers: linkerTexts(),
  nodeLinker: { outgoingPort: 4140, incomingPort: 4141, adminPort: 9990, hostPort: false, configHash: 'abc' },
  sidecarNamespaces: ['shop'],
  tls: { secret: 'linker-tls', files: { cert: 'CERT', key: 'KEY', ca: 'CA' } },
};

const all = meshManifests(options);
const named = (kind: string, name: string, from: readonly Manifest[] = all): Manifest => {
  const found = from.find((m) => m.kind === kind && (m.metadata as { name: string }).name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const json = (value: unknown): string => JSON.stringify(value);
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((now, key) => (now as Record<string | number, unknown> | undefined)?.[key], value);

test('what is printed is what was built', () => {
  assert.deepEqual(
    parseAllDocuments(showManifests(all)).map((document) => document.toJS()),
    JSON.parse(json(all)),
  );
});

test('no object is there twice, and the webhook is registered last', () => {
  const ids = all.map(({ kind, metadata }) => `${kind} ${json([at(metadata, 'namespace'), at(metadata, 'name')])}`);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(all.at(-1)?.kind, 'MutatingWebhookConfiguration');
  assert.equal(all[0]?.kind, 'Namespace');
});

test('every pod of the mesh passes Pod Security "restricted", which its namespace enforces', () => {
  assert.equal(
    at(named('Namespace', 'heddle'), 'metadata', 'labels', 'pod-security.kubernetes.io/enforce'),
    'restricted',
  );
  for (const [kind, name] of [
    ['Deployment', 'heddle-injector'],
    ['DaemonSet', 'heddle-linker'],
  ] as const) {
    assert.deepEqual(restrictedViolations(at(named(kind, name), 'spec', 'template')), [], name);
  }
});

test('linkerd1: daemonset with hostPort / hostNetwork: a host port is asked for only by choice, and the namespace says so', () => {
  const nodeLinker = { ...options.nodeLinker!, hostPort: true };
  const changed = meshManifests({ ...options, nodeLinker });
  assert.equal(
    at(named('Namespace', 'heddle', changed), 'metadata', 'labels', 'pod-security.kubernetes.io/enforce'),
    'privileged',
  );
  const daemonSet = named('DaemonSet', 'heddle-linker', changed);
  assert.equal(at(daemonSet, 'spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'hostPort'), 4140);
  assert.deepEqual(at(daemonSet, 'spec', 'updateStrategy'), { rollingUpdate: { maxUnavailable: 1 } });
  assert.doesNotMatch(json(all), /hostPort/);
});

test('rights are the least: no wildcard, no writing but to the two objects that are ours', () => {
  const rules = all
    .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    .flatMap((role) => at(role, 'rules') as { resources: string[]; verbs: string[]; resourceNames?: string[] }[]);
  assert.doesNotMatch(json(rules), /\*/);
  const writing = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
  assert.deepEqual(
    writing.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs]),
    [
      [['mutatingwebhookconfigurations'], ['heddle-injector'], ['get', 'patch']],
      [['secrets'], ['heddle-injector-tls'], ['get', 'patch']],
    ],
  );
});

test('of the service accounts only those of namespaces with sidecars may read what linkers read', () => {
  assert.deepEqual(at(named('ClusterRoleBinding', 'heddle-linker'), 'subjects'), [
    { kind: 'ServiceAccount', name: 'heddle-linker', namespace: 'heddle' },
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:serviceaccounts:shop' },
  ]);
});

const webhooks = at(all.at(-1), 'webhooks') as Record<string, unknown>[];

test('a pod is asked about at most once, and never in a namespace of the system or of the mesh', () => {
  const operators = webhooks.map(
    (w) => (at(w, 'namespaceSelector', 'matchExpressions') as { operator: string }[])[0]?.operator,
  );
  assert.deepEqual(operators, ['In', 'NotIn']);
  for (const webhook of webhooks) {
    const selector = json(at(webhook, 'namespaceSelector'));
    for (const name of ['kube-system', 'kube-public', 'kube-node-lease', 'heddle'])
      assert.ok(selector.includes(`"${name}"`), name);
  }
});

test('the API server is told to fail open, soon, and to ask again after others', () => {
  for (const webhook of webhooks) {
    const { failurePolicy, timeoutSeconds, reinvocationPolicy, matchPolicy, sideEffects, clientConfig } = webhook;
    assert.deepEqual(
      [failurePolicy, timeoutSeconds, reinvocationPolicy, matchPolicy, sideEffects],
      ['Ignore', 3, 'IfNeeded', 'Equivalent', 'None'],
    );
    assert.equal(at(clientConfig, 'caBundle'), undefined, 'the injector owns it');
  }
  assert.deepEqual(
    webhooks.map((w) => at(w, 'clientConfig', 'service', 'path')),
    ['/mutate/namespace', '/mutate'],
  );
});

test('an injector outside the cluster is reached by URL', () => {
  const changed = meshManifests({ ...options, injector: { ...options.injector, url: 'https://127.0.0.1:1' } });
  const urls = (at(changed.at(-1), 'webhooks') as object[]).map((w) => at(w, 'clientConfig'));
  assert.deepEqual(urls, [{ url: 'https://127.0.0.1:1/mutate/namespace' }, { url: 'https://127.0.0.1:1/mutate' }]);
});

test('pods keep to the linker of their node, and linkers find those of all nodes by the name of the port', () => {
  const spec = at(named('Service', 'heddle-linker'), 'spec');
  assert.equal(at(spec, 'internalTrafficPolicy'), 'Local');
  assert.deepEqual(
    (at(spec, 'ports') as object[]).map((port) => at(port, 'name')),
    ['http-outgoing', 'http-incoming', 'admin'],
  );
  assert.equal(at(spec, 'clusterIP'), undefined);
});

test("a linker's pod has what its configuration and its mounts name", () => {
  const [container] = at(named('DaemonSet', 'heddle-linker'), 'spec', 'template', 'spec', 'containers') as object[];
  const names = (at(container, 'env') as object[]).map((variable) => at(variable, 'name'));
  assert.deepEqual(names, ['POD_IP', 'POD_NAMESPACE', 'NODE_NAME']);
  const sources = at(
    named('DaemonSet', 'heddle-linker'),
    'spec',
    'template',
    'spec',
    'volumes',
    0,
    'projected',
    'sources',
  );
  assert.match(json(sources), /"heddle-linker-config".*"node.yaml".*"linker-tls"/);
  assert.deepEqual(Object.keys(at(named('ConfigMap', 'heddle-linker-config'), 'data') as object), [
    'sidecar.yaml',
    'node.yaml',
  ]);
});

test("the linkers' certificate goes to every namespace with linkers, or nowhere if it is not given", () => {
  const secrets = (from: readonly Manifest[]) =>
    from
      .filter(({ kind, metadata }) => kind === 'Secret' && at(metadata, 'name') === 'linker-tls')
      .map(({ metadata }) => at(metadata, 'namespace'));
  assert.deepEqual(secrets(all), ['heddle', 'shop']);
  assert.deepEqual(secrets(meshManifests({ ...options, nodeLinker: undefined })), ['shop']);
  assert.deepEqual(secrets(meshManifests({ ...options, tls: { secret: 'linker-tls' } })), []);
  const plain = meshManifests({ ...options, tls: { secret: '' } });
  assert.doesNotMatch(json(named('DaemonSet', 'heddle-linker', plain)), /"secret"/);
});

test('without linkers of nodes there is neither DaemonSet nor Service for them', () => {
  const kinds = meshManifests({ ...options, nodeLinker: undefined, imagePullPolicy: 'Never' });
  assert.ok(
    kinds.every(
      ({ kind, metadata }) => kind !== 'DaemonSet' && !(kind === 'Service' && at(metadata, 'name') === 'heddle-linker'),
    ),
  );
  assert.match(json(named('Deployment', 'heddle-injector', kinds)), /"imagePullPolicy":"Never"/);
});
