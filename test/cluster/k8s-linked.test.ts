import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runInstall } from '#cli/run-install.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { metaKeys } from '#core/naming/meta.ts';
import type { Namer } from '#core/naming/namer.ts';
import { type Manifest, pod } from '#test/helpers/kube-objects.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { ApiServer } from './api-server.ts';

let api: ApiServer;

/** Names of the pods that the mesh's DaemonSet has made, by node. */
const linkers = new Map<string, string>();

before(async () => {
  api = await ApiServer.start({ controllerManager: true });
  await api.kubectl(['apply', '-f', '-'], runInstall({ sidecarNamespaces: 'default' }, []));
  const nodes = ['n1', 'n2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
  const spec = { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] };
  const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec };
  const pods = [
    on('n1', pod('side', { app: 'web', 'heddle.io/linked': 'sidecar' })),
    on('n1', pod('node-1', { app: 'web', 'heddle.io/linked': 'node' })),
    on('n2', pod('node-2', { app: 'web', 'heddle.io/linked': 'node' })),
    on('n2', pod('plain', { app: 'web' })),
  ];
  const items = [...nodes, web, ...pods];
  await api.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await eventually(scheduled, 'each node has a linker', 20_000);
});
after(() => api?.stop());

function on(nodeName: string, object: Manifest): Manifest {
  return { ...object, spec: { ...(object['spec'] as object), nodeName } };
}

/** Does what a scheduler would: binds the DaemonSet's pods to the nodes they are for. True when both nodes have theirs. */
async function scheduled(): Promise<true | undefined> {
  const pods = '/api/v1/namespaces/heddle/pods';
  const all = await api.send('GET', `${pods}?labelSelector=app.kubernetes.io/name=heddle-linker`);
  for (const { metadata, spec } of (all as { items: readonly DaemonPod[] }).items) {
    const terms = spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    const node = terms[0]?.matchFields[0]?.values[0] ?? '';
    if (linkers.has(node)) continue;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: metadata.name },
      target: { kind: 'Node', name: node },
    };
    await api.send('POST', `${pods}/${metadata.name}/binding`, binding);
    linkers.set(node, metadata.name);
  }
  return linkers.size === 2 ? true : undefined;
}

interface DaemonPod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly affinity: { readonly nodeAffinity: NodeAffinity } };
}

interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution: {
    readonly nodeSelectorTerms: readonly { readonly matchFields: readonly { readonly values: readonly string[] }[] }[];
  };
}

/** What a kubelet would say. */
async function becomes(namespace: string, name: string, ip: string, ready: boolean): Promise<void> {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  await api.send('PATCH', path, { status }, 'application/merge-patch+json');
}

async function linkedNamer(namespace: string, account: string): Promise<Namer> {
  const world = worldWith({ KUBECONFIG: await api.kubeconfigFor(namespace, account) });
  const linked = { kind: 'io.heddle.k8s.linked', namespace: 'heddle', service: 'heddle-linker', port: 'http-incoming' };
  const defaults = { serviceAccount: 'heddle-linker', sidecarPort: 4141, trustDomain: 'cluster.local' };
  const config = { kind: 'io.l5d.k8s', transformers: [{ ...linked, ...defaults }] };
  const [namer] = makeNamers([config], world, []);
  assert.ok(namer !== undefined);
  return namer;
}

const via = `,sidecar,spiffe://cluster.local/ns/default/sa/default`;
const node = ',node,spiffe://cluster.local/ns/heddle/sa/heddle-linker';

for (const [namespace, account] of [
  ['heddle', 'heddle-linker'],
  ['default', 'default'],
] as const) {
  test(`with the rights of ${namespace}/${account}, pods are reached as they are linked`, async (t) => {
    const web = new Observed(t, await linkedNamer(namespace, account), '/default/80/web', ({ host, port, meta }) =>
      [`${host}:${port}`, meta[metaKeys.linked], meta[metaKeys.tlsIdentity] ?? 'plain'].join(),
    );
    await web.until('neg');
    await becomes('heddle', linkers.get('n1') ?? '', '10.1.0.1', true);
    await becomes('default', 'side', '10.0.0.1', true);
    await web.until(`10.0.0.1:4141${via}`);
    await becomes('default', 'node-1', '10.0.0.2', true);
    await web.until(`10.0.0.1:4141${via} 10.1.0.1:4141${node}`);
    await becomes('default', 'node-2', '10.0.0.3', true);
    await becomes('default', 'plain', '10.0.0.4', true);
    await web.until(`10.0.0.1:4141${via} 10.0.0.4:8080,none,plain 10.1.0.1:4141${node}`);
    await becomes('heddle', linkers.get('n2') ?? '', '10.1.0.2', true);
    await web.until(`10.0.0.1:4141${via} 10.0.0.4:8080,none,plain 10.1.0.1:4141${node} 10.1.0.2:4141${node}`);
    for (const name of ['side', 'node-1', 'node-2', 'plain']) await becomes('default', name, '10.0.0.9', false);
    for (const name of linkers.values()) await becomes('heddle', name, '10.1.0.9', false);
    await web.until('neg');
  });
}

test('a service account that was given no rights is refused', async (t) => {
  const web = new Observed(t, await linkedNamer('elsewhere', 'app'), '/default/80/web');
  await web.until(
    'failed: Kubernetes API answered 403 to /api/v1/namespaces/default/services: services is forbidden: User ' +
      '"system:serviceaccount:elsewhere:app" cannot list resource "services" in API group "" in the namespace "default"',
  );
});
