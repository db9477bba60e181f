import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { identifierKinds } from './identifiers/kinds.ts';
import { ingressCertificates } from './ingress-certificates.ts';

test('the Secrets of the Ingresses are followed; one that is not there or may not be read keeps nobody waiting', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.refusing.set('/secrets/hidden', 403);
  const secret = (name: string, cert: string): void =>
    fake.put(`/api/v1/namespaces/shop/secrets/${name}`, {
      data: { 'tls.crt': Buffer.from(cert).toString('base64'), 'tls.key': Buffer.from('KEY').toString('base64') },
    });
  secret('one', 'CERT');
  fake.put('/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web', {
    spec: {
      tls: [
        { hosts: ['a.test'], secretName: 'one' },
        { hosts: ['b.test'], secretName: 'two' },
        { hosts: ['c.test'], secretName: 'hidden' },
      ],
    },
  });
  const configs = [
    { kind: 'io.l5d.static', path: '/x' },
    { kind: 'io.l5d.ingress', host: '127.0.0.1', port: fake.port },
  ].map((config) => identifierKinds.schema.parse(config));
  let now: unknown;
  const handle = ingressCertificates(configs, worldWith({})).states.observe((state) => {
    if (state.kind === 'ok') now = state.value.map(({ source, hosts, cert }) => `${source} ${hosts} ${cert}`);
  });
  t.after(() => handle.close());
  const until = (...expected: string[]) =>
    eventually(
      () => (JSON.stringify(now) === JSON.stringify(expected) ? true : undefined),
      `they are ${expected}`,
    ).catch((error) => assert.fail(`${error}; they were ${JSON.stringify(now)}`));
  await until('Secret shop/one a.test CERT');
  secret('two', 'SECOND');
  await until('Secret shop/one a.test CERT', 'Secret shop/two b.test SECOND');
  secret('one', 'NEW');
  await until('Secret shop/one a.test NEW', 'Secret shop/two b.test SECOND');
});
