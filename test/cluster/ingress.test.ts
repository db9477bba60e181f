import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { configMapInterpreter } from '#core/interpreters/config-map.ts';
import { interpreterKinds } from '#core/interpreters/kinds.ts';
import { Api } from '#core/k8s/api.ts';
import { type Ingress, ingressController, ingressesOf } from '#core/k8s/ingresses.ts';
import { tlsSecretOf } from '#core/k8s/tls-secret.ts';
import { k8sExternalNamer } from '#core/namers/k8s-external.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import type { World } from '#core/world.ts';
import { BoundTree } from '#test/helpers/bound-tree.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { type Manifest, service } from '#test/helpers/kube-objects.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { ApiServer } from './api-server.ts';
import { apply, grant, remove } from './objects.ts';

let api: ApiServer;
let env: World['env'];

before(async () => {
  api = await ApiServer.start();
  env = { KUBECONFIG: await api.kubeconfigFor('mesh', 'ingress') };
  const account = { kind: 'ServiceAccount', name: 'ingress', namespace: 'mesh' } as const;
  // The rights that the documentation tells to give, and one more.
  const page = readFileSync(new URL('../../docs/ingress.md', import.meta.url), 'utf8');
  const [, role = ''] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(page) ?? [];
  await api.kubectl(['apply', '-f', '-'], role);
  await api.kubectl([
    'create',
    'clusterrolebinding',
    'ingress',
    '--clusterrole=heddle-ingress',
    '--serviceaccount=mesh:ingress',
  ]);
  await grant(api, 'config-maps', account, 'configmaps');
});
after(() => api?.stop());

const inDefault = (name: string): Manifest['metadata'] => ({ name, namespace: 'default' });

function ingress(name: string, host: string, more: object = {}, annotations: object = {}): Manifest {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...inDefault(name), annotations },
    spec: { ...more, rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  };
}

test('Ingresses of our class are followed, with their classes and their Secrets', async (t) => {
  const of = Api.of(worldWith(env), {});
  let now: readonly Ingress[] = [];
  const handle = ingressesOf(of, { namespace: undefined, className: 'linkerd' }).states.observe((state) => {
    assert.notEqual(state.kind, 'failed');
    if (state.kind === 'ok') now = state.value;
  });
  t.after(() => handle.close());
  const until = (hosts: string) =>
    eventually(
      () =>
        now
          .flatMap(({ rules }) => rules.map(({ host }) => host))
          .sort()
          .join(' ') === hosts
          ? true
          : undefined,
      `they are ${hosts}`,
      15_000,
    );
  await apply(
    api,
    ingress('plain', 'plain.test'),
    ingress('old', 'old.test', {}, { 'kubernetes.io/ingress.class': 'linkerd' }),
  );
  await apply(api, ingress('nginx', 'nginx.test', { ingressClassName: 'nginx' }));
  await apply(
    api,
    ingress('mesh', '*.mesh.test', { ingressClassName: 'mesh', tls: [{ hosts: ['*.mesh.test'], secretName: 'mesh' }] }),
  );
  await until('old.test plain.test');
  await apply(api, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'mesh' },
    spec: { controller: ingressController },
  });
  await until('*.mesh.test old.test plain.test');
  await remove(api, ingress('plain', 'plain.test'));
  await until('*.mesh.test old.test');

  const issued = makeCa('cluster ca').issue({ cn: 'mesh.test', dns: ['*.mesh.test'] });
  const found: string[] = [];
  const secret = tlsSecretOf(of, 'default', 'mesh').states.observe((state) => {
    found.push(state.kind === 'ok' ? (state.value?.cert ?? 'none') : state.kind);
  });
  t.after(() => secret.close());
  await eventually(() => (found.at(-1) === 'none' ? true : undefined), 'there is none');
  await apply(api, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: inDefault('mesh'),
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': issued.chain, 'tls.key': issued.key },
  });
  await eventually(() => (found.at(-1) === issued.chain ? true : undefined), 'it is there');
});

test('a dtab is followed in a ConfigMap', async (t) => {
  const world = worldWith(env);
  const namers = { configured: [], utilities: utilityNamers(world) };
  const config = { kind: 'io.l5d.k8s.configMap', experimental: true, name: 'dtabs', filename: 'main' };
  const interpreter = configMapInterpreter.make(interpreterKinds.schema.parse(config), { namers, world });
  const tree = new BoundTree(t, interpreter, '/svc');
  await tree.until('~');
  const map = (main: string): Manifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: inDefault('dtabs'),
    data: { main },
  });
  await apply(api, map('/svc => /$/inet/1.1.1.1/1'));
  await tree.until('/$/inet/1.1.1.1/1');
  await apply(api, map('/svc =>'));
  await apply(api, map('/svc => /$/inet/2.2.2.2/2'));
  await tree.until('/$/inet/2.2.2.2/2');
  await remove(api, map(''));
  await tree.until('~');
});

test('a load balancer is found by the status of its Service', async (t) => {
  const config = namerKinds.schema.parse({ kind: 'io.l5d.k8s.external', experimental: true });
  const web = new Observed(t, k8sExternalNamer.make(config, worldWith(env)), '/default/http/lb');
  await web.until('neg');
  const balanced = service('lb', [{ name: 'http', port: 80 }]);
  await apply(api, { ...balanced, spec: { type: 'LoadBalancer', ports: [{ name: 'http', port: 80 }] } });
  const path = '/api/v1/namespaces/default/services/lb/status';
  const ingress = [{ ip: '203.0.113.9' }];
  await api.send('PATCH', path, { status: { loadBalancer: { ingress } } }, 'application/merge-patch+json');
  await web.until('203.0.113.9:80');
});
