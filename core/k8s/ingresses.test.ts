import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { Api } from './api.ts';
import { type Ingress, ingressController, ingressesOf } from './ingresses.ts';

const path = (name: string, namespace = 'default', group = 'networking.k8s.io/v1'): string =>
  `/apis/${group}/namespaces/${namespace}/ingresses/${name}`;

function follow(t: TestContext, fake: FakeApiServer, namespace?: string) {
  const api = Api.of(worldWith({}), { host: '127.0.0.1', port: fake.port });
  let now: readonly Ingress[] | undefined;
  const handle = ingressesOf(api, { namespace, className: 'linkerd' }).states.observe((state) => {
    if (state.kind === 'ok') now = state.value;
  });
  t.after(() => handle.close());
  return {
    now: () => now,
    until: (names: string) =>
      eventually(() => (now?.map((i) => i.name).join(' ') === names ? true : undefined), `they are ${names}`).catch(
        (error) => assert.fail(`${error}; they were ${now?.map((i) => i.name).join(' ')}`),
      ),
  };
}

const annotated = (value: string): object => ({ annotations: { 'kubernetes.io/ingress.class': value } });

test('ours are those of our class, by annotation, by name, by controller, and those without any', async (t) => {
  const fake = await FakeApiServer.start(t);
  const put = (name: string, metadata: object, ingressClassName?: string): void =>
    fake.put(path(name), { metadata: { ...metadata }, spec: { ...(ingressClassName && { ingressClassName }) } });
  put('a-none', {});
  put('b-annotated', annotated('linkerd'));
  put('c-other', annotated('nginx'));
  put('d-both', annotated('linkerd'), 'nginx');
  put('e-named', {}, 'linkerd');
  put('f-controlled', {}, 'mesh');
  put('g-other', {}, 'nginx');
  const ours = follow(t, fake);
  await ours.until('a-none b-annotated d-both e-named');
  const classes = '/apis/networking.k8s.io/v1/ingressclasses';
  fake.put(`${classes}/nginx`, { spec: { controller: 'k8s.io/ingress-nginx' } });
  fake.put(`${classes}/mesh`, { spec: { controller: ingressController } });
  await ours.until('a-none b-annotated d-both e-named f-controlled');
  fake.delete(`${classes}/mesh`);
  await ours.until('a-none b-annotated d-both e-named');
});

test('who may not read classes has those of the name alone', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.refusing.set('ingressclasses', 403);
  fake.put(path('a'), { spec: { ingressClassName: 'linkerd' } });
  fake.put(path('b'), { spec: { ingressClassName: 'mesh' } });
  await follow(t, fake).until('a');
});

test('the oldest come first, then the order of names; one namespace is read alone', async (t) => {
  const fake = await FakeApiServer.start(t);
  const put = (name: string, namespace: string, created: string): void =>
    fake.put(path(name, namespace), { metadata: { creationTimestamp: `2026-01-0${created}T00:00:00Z` } });
  put('young', 'a', '3');
  put('z', 'a', '2');
  put('y', 'b', '2');
  put('old', 'b', '1');
  await follow(t, fake).until('old z y young');
  await follow(t, fake, 'b').until('old y');
});

test('what an Ingress may hold is read; backends that are no Service are left out', async (t) => {
  const fake = await FakeApiServer.start(t);
  const backend = (name: string, port: object) => ({ service: { name, port } });
  fake.put(path('web'), {
    spec: {
      defaultBackend: backend('d', { number: 80 }),
      rules: [
        {
          host: '*.a.test',
          http: {
            paths: [
              { path: '/e', pathType: 'Exact', backend: backend('e', { name: 'http' }) },
              { path: '/p', pathType: 'Prefix', backend: { resource: { kind: 'Bucket', name: 'b' } } },
              { path: '/i', pathType: 'ImplementationSpecific', backend: backend('i', { number: 1 }) },
            ],
          },
        },
        { host: 'bare.test' },
      ],
      tls: [{ hosts: ['a.test'], secretName: 'one' }, { secretName: 'two' }, { hosts: ['b.test'] }],
    },
  });
  const ours = follow(t, fake);
  await ours.until('web');
  assert.deepEqual(ours.now(), [
    {
      namespace: 'default',
      name: 'web',
      defaultBackend: { service: 'd', port: '80' },
      rules: [
        { host: '*.a.test', path: { type: 'exact', path: '/e' }, backend: { service: 'e', port: 'http' } },
        { host: '*.a.test', path: { type: 'regex', path: '/i' }, backend: { service: 'i', port: '1' } },
        { host: 'bare.test', path: { type: 'regex', path: '' }, backend: { service: 'd', port: '80' } },
      ],
      tls: [
        { hosts: ['a.test'], secret: 'one' },
        { hosts: [], secret: 'two' },
      ],
    },
  ]);
});
