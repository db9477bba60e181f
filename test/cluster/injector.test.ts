import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { restrictedViolations } from '#test/inject/restricted.ts';
import type { Container, Pod } from '#webhook/pod.ts';
import { ApiServer } from './api-server.ts';
import { InjectorProcess } from './injector-process.ts';
import { otherWebhook } from './other-webhook.ts';
import { Service } from './service.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let api: ApiServer;
let service: Service;
let injector: InjectorProcess;
let account: string;
let manifests: string;

/** Another replica, with the rights that the manifests give it and no more. */
const replica = (): Promise<InjectorProcess> =>
  InjectorProcess.start(['--server-name=127.0.0.1', `--linker-config=${root}manifests/linker`, '--drain-seconds=2'], {
    KUBECONFIG: account,
  });

before(async () => {
  [api, service] = await Promise.all([ApiServer.start({ controllerManager: true }), Service.start()]);
  const url = `--webhook-url=https://127.0.0.1:${service.port}`;
  const { stdout } = await promisify(execFile)(`${root}bin/heddle`, ['install', url, '--sidecar-namespaces=shop']);
  manifests = stdout;
  await api.kubectl(['apply', '-f', '-'], manifests);
  account = await api.kubeconfigFor('heddle', 'heddle-injector');
  injector = await replica();
  service.backends = [injector.port];
  for (const [name, label] of [
    ['shop', 'enabled'],
    ['plain', undefined],
  ] as const) {
    const labels = label === undefined ? {} : { 'heddle.io/inject': label };
    await api.kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }),
    );
    await until(`the service account of ${name}`, () => get(`/api/v1/namespaces/${name}/serviceaccounts/default`));
  }
});

after(async () => {
  await injector?.kill();
  service?.close();
  await api?.stop();
});

const podObject = (name: string, metadata: object = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
});

const get = (path: string): Promise<unknown> => api.send('GET', path);

/** Creates a pod and gives it as it was stored. */
async function create(namespace: string, ...args: Parameters<typeof podObject>): Promise<Pod> {
  await api.kubectl(['create', '-n', namespace, '-f', '-'], JSON.stringify(podObject(...args)));
  return (await get(`/api/v1/namespaces/${namespace}/pods/${args[0]}`)) as Pod;
}

async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const found = await ask().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`${what} did not come within 20 s`);
}

const names = (containers: readonly Container[] | null | undefined) => containers?.map((c) => c.name);
const env = (container: Container | undefined) =>
  Object.fromEntries((container?.env ?? []).map((v) => [v.name, v.value]));
const linked = (pod: Pod) => pod.metadata?.labels?.['heddle.io/linked'];

/** The pods of an app, as many as its Deployment asks for. */
const podsOf = (app: string, count: number): Promise<readonly Pod[]> =>
  until(`${count} pods of ${app}`, async () => {
    const { items } = (await get(`/api/v1/namespaces/shop/pods?labelSelector=app%3D${app}`)) as { items: Pod[] };
    return items.length === count ? items : undefined;
  });

test('unchanged workloads are applied: one pod gets a native sidecar, the others their variables', async () => {
  await api.kubectl(['apply', '-n', 'shop', '-f', `${root}manifests/examples/hello-world.yaml`]);
  const [hello] = await podsOf('hello', 1);
  const [linker] = hello?.spec?.initContainers ?? [];
  assert.deepEqual(names(hello?.spec?.initContainers), ['heddle-linker']);
  assert.equal((linker as { restartPolicy?: string } | undefined)?.restartPolicy, 'Always');
  assert.equal(env(hello?.spec?.containers?.[0])['http_proxy'], 'http://127.0.0.1:4140');
  assert.equal(env(hello?.spec?.containers?.[0])['TARGET'], 'http://world');
  assert.match(hello?.metadata?.annotations?.['heddle.io/linker-config'] ?? '', /name: \/k8s\/shop\//);
  // The token that the API server gave the pod serves the sidecar too.
  assert.match(linker?.volumeMounts?.[1]?.name ?? '', /^kube-api-access-/);
  assert.equal(linked(hello ?? {}), 'sidecar');

  for (const world of await podsOf('world', 2)) {
    assert.equal(env(world.spec?.containers?.[0])['http_proxy'], 'http://heddle-linker.heddle.svc.cluster.local:4140');
    assert.deepEqual([names(world.spec?.containers), world.spec?.initContainers], [['world'], undefined]);
    assert.equal(linked(world), 'node');
  }
  const { spec } = (await get('/apis/apps/v1/namespaces/shop/deployments/hello')) as { spec: { template: Pod } };
  assert.equal(linked(spec.template), undefined, 'the template stays as it was applied');
});

test('installing again takes nothing from the injector', async () => {
  const secret = async () =>
    ((await get('/api/v1/namespaces/heddle/secrets/heddle-injector-tls')) as { data: object }).data;
  const before = await secret();
  assert.deepEqual(Object.keys(before), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  await api.kubectl(['apply', '-f', '-'], manifests);
  await api.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], manifests);
  assert.deepEqual(await secret(), before);
  assert.equal(linked(await create('shop', 'after-install')), 'sidecar');
});

test('a pod can opt out of its namespace, and opt in without it', async () => {
  assert.equal(linked(await create('shop', 'out', { labels: { 'heddle.io/inject': 'disabled' } })), undefined);
  assert.equal(linked(await create('shop', 'none', { annotations: { 'heddle.io/mode': 'none' } })), undefined);
  assert.equal(linked(await create('plain', 'unasked')), undefined);
  assert.equal(linked(await create('plain', 'in', { labels: { 'heddle.io/inject': 'enabled' } })), 'sidecar');
});

test("nothing of the system's namespaces or the mesh's own is touched", async () => {
  const asking = { labels: { 'heddle.io/inject': 'enabled' } };
  for (const namespace of ['kube-system', 'kube-public']) {
    await until('its service account', () => get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`));
    assert.equal(linked(await create(namespace, 'asking', asking)), undefined);
  }
});

test('a pod that cannot join is stored with the reason', async () => {
  const pod = await create('shop', 'host', {}, { hostNetwork: true });
  assert.equal(linked(pod), undefined);
  assert.match(pod.metadata?.annotations?.['heddle.io/status'] ?? '', /"reason":"host-network"/);
});

test('where Pod Security is restricted, a restricted pod still passes with its sidecar', async () => {
  const labels = { 'heddle.io/inject': 'enabled', 'pod-security.kubernetes.io/enforce': 'restricted' };
  await api.kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } }),
  );
  await until('its service account', () => get('/api/v1/namespaces/strict/serviceaccounts/default'));
  const spec = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'app',
        image: 'app:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  };
  const pod = await create('strict', 'careful', {}, spec);
  assert.equal(linked(pod), 'sidecar');
  assert.deepEqual(restrictedViolations(pod), []);
});

test('a dry run shows the injected pod and leaves no trace', async () => {
  const [all, dry] = [await injector.reviews(), await injector.reviews('dry_run="true"')];
  const shown = await api.kubectl(
    ['apply', '-n', 'shop', '--dry-run=server', '-o', 'json', '-f', '-'],
    JSON.stringify(podObject('dry')),
  );
  assert.equal(linked(JSON.parse(shown) as Pod), 'sidecar');
  await assert.rejects(get('/api/v1/namespaces/shop/pods/dry'), /404/);
  assert.ok((await injector.reviews('dry_run="true"')) > dry);
  assert.equal((await injector.reviews()) - all, (await injector.reviews('dry_run="true"')) - dry);
});

test('a container that another webhook adds after us is served in the same admission', async () => {
  const other = await otherWebhook();
  await api.kubectl(['apply', '-f', '-'], JSON.stringify(other.manifest));
  try {
    const pod = await until('a pod with both', async () => {
      await api.kubectl(['delete', 'pod', '-n', 'shop', 'shared', '--ignore-not-found', '--now']);
      const made = await create('shop', 'shared');
      return made.spec?.containers?.length === 2 ? made : undefined;
    });
    const proxies = pod.spec?.containers?.map((container) => env(container)['http_proxy']);
    assert.deepEqual(proxies, ['http://127.0.0.1:4140', 'http://127.0.0.1:4140']);
    assert.match(pod.metadata?.annotations?.['heddle.io/status'] ?? '', /"containers":\["app","late"\]/);
  } finally {
    await api.kubectl(['delete', '-f', '-'], JSON.stringify(other.manifest));
    other.close();
  }
});

/** Creates pods, four at a time, until told to stop; gives them as they were stored. Rejects if one creation failed. */
function stream(prefix: string): { stop(): Promise<readonly Pod[]> } {
  let going = true;
  const lane = async (n: number): Promise<Pod[]> => {
    const made: Pod[] = [];
    for (let i = 0; going; i++) {
      const pod = podObject(`${prefix}-${n}-${i}`);
      made.push((await api.send('POST', '/api/v1/namespaces/shop/pods', pod)) as Pod);
    }
    return made;
  };
  const lanes = Promise.all([0, 1, 2, 3].map(lane));
  return {
    async stop() {
      going = false;
      return (await lanes).flat();
    },
  };
}

test('a rolling restart under a stream of creations loses and misses none', async () => {
  const creating = stream('rolling');
  await sleep(500);
  const next = await replica();
  service.backends = [injector.port, next.port];
  await sleep(500);
  service.backends = [next.port];
  assert.equal(await injector.stop(), 0);
  injector = next;
  await sleep(500);
  const pods = await creating.stop();
  assert.ok(pods.length > 50, `only ${pods.length}`);
  assert.deepEqual(
    pods.filter((pod) => linked(pod) !== 'sidecar').map((pod) => pod.metadata),
    [],
  );
});

test('while no injector is there, pods are made without', async () => {
  service.backends = [];
  assert.equal(await injector.stop(), 0);
  assert.equal(linked(await create('shop', 'orphan')), undefined);
  injector = await replica();
  service.backends = [injector.port];
  assert.equal(linked(await create('shop', 'again')), 'sidecar');
});
