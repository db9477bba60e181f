import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Path } from '#core/naming/path.ts';
import { httpService, serviceConfigFor } from './service.ts';

const of = (section: unknown, name: string) =>
  serviceConfigFor({ protocol: 'http', service: httpService.parse(section) }, Path.read(name));

test('without any configuration a service has the defaults of Linkerd', () => {
  assert.deepEqual(of({}, '/svc/web'), {
    retries: {
      budget: { minRetriesPerSec: 10, percentCanRetry: 0.2, ttlSecs: 10 },
      backoff: { kind: 'constant', ms: 0 },
    },
    responseClassifier: { kind: 'io.l5d.http.nonRetryable5XX' },
  });
});

test('linkerd1: service io.l5d.global / static: services have their own settings by their names', () => {
  const section = {
    kind: 'io.l5d.static',
    configs: [
      { prefix: '/', responseClassifier: { kind: 'io.l5d.http.retryableRead5XX' } },
      { prefix: '/svc/hello', totalTimeoutMs: 600 },
      { prefix: '/svc/world', totalTimeoutMs: 100, retries: { budget: { percentCanRetry: 0 } } },
    ],
  };
  assert.equal(of(section, '/svc/hello').totalTimeoutMs, 600);
  assert.equal(of(section, '/svc/world').totalTimeoutMs, 100);
  assert.equal(of(section, '/svc/else').totalTimeoutMs, undefined);
  assert.equal(of(section, '/svc/world').responseClassifier.kind, 'io.l5d.http.retryableRead5XX');
  assert.deepEqual(of(section, '/svc/world').retries.budget, { minRetriesPerSec: 10, percentCanRetry: 0, ttlSecs: 10 });
});

test('a backoff that lacks one of its ends does not wait', () => {
  const backoff = (jittered: object) =>
    of({ retries: { backoff: { kind: 'jittered', ...jittered } } }, '/svc/a').retries.backoff;
  assert.deepEqual(backoff({ minMs: 1, maxMs: 9 }), { kind: 'jittered', minMs: 1, maxMs: 9 });
  assert.deepEqual(backoff({ minMs: 1 }), { kind: 'constant', ms: 0 });
});

test('classifiers of h2 routers are told apart', () => {
  assert.ok(!httpService.safeParse({ responseClassifier: { kind: 'io.l5d.h2.allSuccessful' } }).success);
});
