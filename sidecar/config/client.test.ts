import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Path } from '#core/naming/path.ts';
import { clientConfigFor, httpClient } from './client.ts';

const of = (section: unknown, id: string) => clientConfigFor({ client: httpClient.parse(section) }, Path.read(id));

const plain = {
  loadBalancer: { kind: 'p2c', maxEffort: 5, enableProbation: false },
  failureAccrual: { kind: 'io.l5d.consecutiveFailures', failures: 5 },
  failFast: false,
  forwardClientCert: false,
  requeueBudget: { minRetriesPerSec: 10, percentCanRetry: 0.2, ttlSecs: 10 },
};

test('without any configuration a client has the defaults of Linkerd', () => {
  assert.deepEqual(of({}, '/#/io.l5d.fs/web'), plain);
});

test('linkerd1: client TLS commonName (SNI + check): the name expected of a server is filled in from what the prefix captured', () => {
  const section = {
    kind: 'io.l5d.static',
    configs: [{ prefix: '/$/io.buoyant.rinet/443/{service}', tls: { commonName: '{service}' } }],
  };
  assert.equal(of(section, '/$/io.buoyant.rinet/443/linkerd.io').tls?.commonName, 'linkerd.io');
  assert.equal(of(section, '/$/io.buoyant.rinet/80/linkerd.io').tls, undefined);
});

test('ids are matched with the tags of their transformers', () => {
  const section = {
    kind: 'io.l5d.static',
    configs: [
      { prefix: '/%/io.l5d.port/*/#/io.l5d.fs/{svc}', tls: { commonName: '{svc}.mesh' } },
      { prefix: '/#/io.l5d.fs', loadBalancer: { kind: 'ewma' } },
    ],
  };
  const tagged = of(section, '/%/io.l5d.port/4141/#/io.l5d.fs/web');
  assert.equal(tagged.tls?.commonName, 'web.mesh');
  assert.equal(tagged.loadBalancer.kind, 'p2c');
  assert.equal(of(section, '/#/io.l5d.fs/web').loadBalancer.kind, 'ewma');
});

test('tls is one parameter, which a later entry can switch off', () => {
  const section = {
    kind: 'io.l5d.static',
    configs: [
      { prefix: '/', tls: { commonName: 'a', trustCerts: ['x.pem'] }, requestAttemptTimeoutMs: 5 },
      { prefix: '/#/b', tls: { commonName: 'b' } },
      { prefix: '/#/plain', tls: { enabled: false } },
    ],
  };
  assert.deepEqual(of(section, '/#/b').tls, { enabled: true, disableValidation: false, commonName: 'b' });
  assert.deepEqual(of(section, '/#/plain'), { ...plain, requestAttemptTimeoutMs: 5 });
});
