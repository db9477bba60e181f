import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { FakeApiServer, type FakeObject } from '#test/helpers/fake-api-server.ts';
import { requestHead } from '#test/helpers/identify.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../router/errors.ts';
import { ingress } from './ingress.ts';
import { h2IdentifierKinds, identifierKinds } from './kinds.ts';

const v1 = '/apis/networking.k8s.io/v1/namespaces';

function make(t: TestContext, fake: FakeApiServer, config: object = {}, prefix = '/svc') {
  const world = worldWith({});
  const parsed = ingress.schema.parse({ kind: 'io.l5d.ingress', host: '127.0.0.1', port: fake.port, ...config });
  const identifier = ingress.make(parsed, { prefix, world });
  t.after(() => identifier.close?.());
  const name = (host: string, path: string): string => {
    try {
      return identifier.identify(requestHead(`GET ${path}\nHost: ${host}`)) ?? identifier.reason;
    } catch (error) {
      if (error instanceof MeshError) return `${error.kind}: ${error.message}`;
      throw error;
    }
  };
  const until = (host: string, path: string, expected: string) =>
    eventually(() => (name(host, path) === expected ? true : undefined), `${host}${path} is ${expected}`, 15_000).catch(
      (error) => assert.fail(`${error}; it was ${name(host, path)}`),
    );
  return { identifier, name, until, world };
}

const rule = (host: string, service: string, path = '/', pathType = 'Prefix', port: object = { name: 'http' }) => ({
  host,
  http: { paths: [{ path, pathType, backend: { service: { name: service, port } } }] },
});

interface Recorded {
  readonly objects: Readonly<Record<string, FakeObject>>;
  readonly cases: readonly {
    readonly id: string;
    readonly host: string;
    readonly path: string;
    readonly expect: Readonly<Record<string, { readonly path?: string; readonly error?: string }>>;
  }[];
}

test('linkerd1: io.l5d.ingress (http, h2): names of requests as recorded, under objects of extensions/v1beta1', async (t) => {
  const { objects, cases } = JSON.parse(
    readFileSync(new URL('../../test/data/ingress/recorded.json', import.meta.url), 'utf8'),
  ) as Recorded;
  const fake = await FakeApiServer.start(t);
  fake.refusing.set('networking.k8s.io', 404);
  for (const [path, object] of Object.entries(objects)) fake.put(path, object);
  const routers = {
    all: make(t, fake),
    one: make(t, fake, { namespace: 'default' }),
    nodefault: make(t, fake, { ignoreDefaultBackends: true }),
    nginx: make(t, fake, { ingressClassAnnotation: 'nginx' }, '/in'),
  };
  await Promise.all(Object.values(routers).map(({ identifier }) => identifier.start?.()));
  const wrong = cases.flatMap(({ id, host, path, expect }) =>
    Object.entries(routers).flatMap(([label, { name }]) => {
      const { path: expected, error } = expect[label] ?? {};
      const got = name(host, path);
      return got === (expected ?? error) ? [] : [`${id} ${label}: ${got}, not ${expected ?? error}`];
    }),
  );
  assert.deepEqual(wrong, []);
});

test('rules of networking.k8s.io/v1 are followed through changes, resets and removals', async (t) => {
  const fake = await FakeApiServer.start(t);
  const web = make(t, fake);
  assert.equal(web.name('web.test', '/'), 'bindFailed: the Ingress rules are not known yet');
  await web.identifier.start?.();
  await web.until('web.test', '/', 'no ingress rule matches');
  const put = (...rules: object[]): void => fake.put(`${v1}/shop/ingresses/web`, { kind: 'Ingress', spec: { rules } });
  put(rule('web.test', 'web'), rule('*.web.test', 'any', '/', 'Prefix', { number: 8080 }));
  await web.until('web.test', '/x', '/svc/shop/http/web');
  await web.until('a.web.test', '/x', '/svc/shop/8080/any');
  fake.end('reset');
  put(rule('web.test', 'web2'));
  await web.until('web.test', '/x', '/svc/shop/http/web2');
  assert.equal(web.name('a.web.test', '/'), 'no ingress rule matches');
  fake.compact();
  fake.end('gone');
  fake.delete(`${v1}/shop/ingresses/web`);
  await web.until('web.test', '/', 'no ingress rule matches');
});

test('one that may not read Ingresses says so, and reads them once it may', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.refusing.set('/ingresses', 403);
  fake.put(`${v1}/shop/ingresses/web`, { spec: { rules: [rule('web.test', 'web')] } });
  const web = make(t, fake, { namespace: 'shop' });
  await web.identifier.start?.();
  assert.match(web.name('web.test', '/'), /^bindFailed: Kubernetes API answered 403 to .*namespaces\/shop\/ingresses/);
  fake.refusing.clear();
  await web.until('web.test', '/', '/svc/shop/http/web');
});

test('both protocols have it', () => {
  for (const { kinds } of [identifierKinds, h2IdentifierKinds]) assert.ok(kinds.includes(ingress));
  const refusal = identifierKinds.schema.safeParse({ kind: 'io.l5d.k8s.istio-ingress' }).error?.issues[0]?.message;
  assert.match(refusal ?? '', /leaves out: use io\.l5d\.ingress/);
});
