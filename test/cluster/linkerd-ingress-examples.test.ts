import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import type { Manifest } from '#test/helpers/kube-objects.ts';
import { eventually } from '#test/helpers/within.ts';
import { LinkerdCluster } from './linkerd-cluster.ts';
import { apply } from './objects.ts';

/**
 * The two ingress controllers of Linkerd's examples, with the Ingress of hello-world-ingress.yml: all hosts are
 * `world-v1`, but `world.v2` is `world-v2`. The object is that of networking.k8s.io/v1, since no API has the older one.
 */
const ingress = (host: string): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name: 'hello-world',
    namespace: 'default',
    annotations: { 'kubernetes.io/ingress.class': 'linkerd' },
  },
  spec: {
    defaultBackend: backend('world-v1'),
    rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend('world-v2') }] } }],
  },
});
const backend = (name: string) => ({ service: { name, port: { name: 'http' } } });

let cluster: LinkerdCluster;
before(async () => {
  cluster = await LinkerdCluster.start('networking.k8s.io/ingresses', 'networking.k8s.io/ingressclasses');
  await apply(cluster.api, ingress('world.v2'));
});
after(() => cluster?.stop());
beforeEach(() => cluster.forget());

// Not everyone may listen on the ports of the examples, 80 and 443.
const free = 8480;

async function controller(t: TestContext, example: string, certificates = {}): Promise<string> {
  const edit = (yaml: string): string => yaml.replace(/port: (80|443)$/m, `port: ${free}`);
  const linker = await cluster.east.startLinker(example, cluster.forLinkers, { ports: [free], certificates, edit });
  t.after(() => linker.close());
  return linker.host;
}

test('linkerd-ingress-controller.yml: a host of a rule goes to its service, every other to the default backend', async (t) => {
  const address = await controller(t, 'linkerd-ingress-controller');
  const { world, earth } = cluster;
  const say = async (host: string, headers = {}): Promise<string> => {
    const sent = request({ host: address, port: free, path: '/', headers: { host, ...headers }, agent: false });
    return bodyOf(sent.end());
  };
  assert.equal(await say('world.v2'), `earth (${earth.ip})`);
  assert.equal(await say('any.example'), `world (${world.ip})`);
  // clearContext: what callers from outside say of the mesh is not heard.
  await say('world.v2', { 'l5d-dtab': '/svc => /$/nil', 'l5d-ctx-dtab': '/svc => /$/nil', 'l5d-sample': '1.0' });
  assert.equal(earth.seen.length, 2);
  const told = Object.keys(earth.seen[1] ?? {});
  assert.deepEqual(
    told.filter((name) => name === 'l5d-dtab' || name === 'l5d-sample'),
    [],
  );

  await apply(cluster.api, ingress('world.v3'));
  t.after(() => apply(cluster.api, ingress('world.v2')));
  await eventually(async () => ((await say('world.v3')).startsWith('earth') ? true : undefined), 'the new rule holds');
  assert.equal(await say('world.v2'), `world (${world.ip})`);
});

test('linkerd-tls-ingress-controller.yml: the same behind TLS', async (t) => {
  const ca = makeCa('those outside');
  const { cert, key } = ca.issue({ cn: 'hello.world', dns: ['hello.world'] });
  const address = await controller(t, 'linkerd-tls-ingress-controller', { 'tls.crt': cert, 'tls.pk8': key });
  const { world, earth } = cluster;
  const say = (host: string): Promise<string> => {
    const to = { host: address, port: free, servername: 'hello.world', ca: ca.cert, agent: false };
    return bodyOf(secureRequest({ ...to, path: '/', headers: { host } }).end());
  };
  assert.equal(await say('world.v2'), `earth (${earth.ip})`);
  assert.equal(await say('hello.world'), `world (${world.ip})`);
});

async function bodyOf(sent: ReturnType<typeof request>): Promise<string> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let all = '';
  for await (const part of answer.setEncoding('utf8')) all += part;
  return all;
}
