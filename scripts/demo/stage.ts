import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { makeCa } from '#test/helpers/certs.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { Cluster, type Running } from './cluster.ts';
import { say } from './curl.ts';
import { environment } from './kubelet.ts';

const root = join(import.meta.dirname, '../..');
const labelled = `{ apiVersion: v1, kind: Namespace, metadata: { name: default, labels: { heddle.io/inject: enabled } } }`;

/** Installs the mesh and runs the pods of the example, in both modes each. */
export async function setUp(cluster: Cluster, folder: string): Promise<void> {
  const flags = ['--sidecar-address=pod-ip', '--node-address=host-port', '--sidecar-namespaces=default'];
  const install = ['install', ...flags, `--linker-tls=${folder}/certificate`];
  say(`\n$ heddle ${install.join(' ')} | kubectl apply -f -`);
  cluster.apply(execFileSync(join(root, 'bin/heddle'), install, { encoding: 'utf8' }));
  await cluster.run('Deployment', 'heddle-injector', 'a');
  await Promise.all(['a', 'b'].map((node) => cluster.run('DaemonSet', 'heddle-linker', node)));

  say('$ kubectl label namespace default heddle.io/inject=enabled');
  cluster.apply(labelled);
  say('$ kubectl apply -f manifests/examples/hello-world.yaml');
  const example = readFileSync(join(root, 'manifests/examples/hello-world.yaml'), 'utf8');
  for (const manifests of [example, again(example, 'hello', 'hello-node'), again(example, 'world', 'world-v2')]) {
    cluster.apply(manifests);
  }
  say('and hello again as hello-node, world as world-v2, each in the other mode:');
  const pods = ['hello a', 'world a', 'world b', 'hello-node a', 'world-v2 b'].map((pod) => pod.split(' '));
  const running = await Promise.all(pods.map(([name = '', node = '']) => cluster.run('Deployment', name, node)));
  for (const pod of running) say(injected(pod));
}

/** What an example has under one name, under another name and in the other mode. */
function again(manifests: string, name: string, other: string): string {
  const objects = parseAllDocuments(manifests).map((document) => document.toJS() as KubernetesObject);
  return objects
    .filter(({ metadata }) => metadata?.name === name)
    .map((object) => JSON.stringify(object).replaceAll(`"${name}"`, `"${other}"`))
    .map((text) => text.replace(/(?<="heddle.io\/mode":")\w+/, (mode) => (mode === 'node' ? 'sidecar' : 'node')))
    .join('\n---\n');
}

function injected({ name, node, pod }: Running): string {
  const { http_proxy } = environment(pod.spec!.containers[0]!, pod);
  const linker = pod.spec!.initContainers?.map((container) => ` and the container ${container.name}`) ?? [];
  return `  ${name.padEnd(18)} on node ${node} was given http_proxy=${http_proxy}${linker.join('')}`;
}

/** Certificates and an API server for a cluster on this machine. */
export async function prepare(folder: string): Promise<Cluster> {
  const ca = makeCa('heddle demo');
  const linker = ca.issue({ cn: 'linker.heddle', dns: ['linker.heddle'] });
  const api = await FakeApiServer.start({ after() {} });
  const kubeconfig = {
    'current-context': 'demo',
    clusters: [{ name: 'demo', cluster: { server: `http://127.0.0.1:${api.port}` } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo' } }],
  };
  const files = {
    kubeconfig: write(folder, 'kubeconfig', JSON.stringify(kubeconfig)),
    namespaces: write(folder, 'namespaces.yaml', labelled),
    injectorCa: join(folder, 'injector-ca.crt'),
  };
  mkdirSync(join(folder, 'certificate'));
  write(folder, 'certificate/ca.crt', ca.cert);
  write(folder, 'certificate/tls.crt', linker.chain);
  write(folder, 'certificate/tls.key', linker.key);
  return new Cluster(api, { folder, files }, 1 + (process.pid % 250));
}

function write(folder: string, name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
