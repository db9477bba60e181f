import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { type FailureKind, MeshError } from '../router/errors.ts';
import { ResponseHead } from '../router/response-head.ts';
import type { Outcome } from '../router/service.ts';
import { httpClassifier } from './http.ts';

type Result = number | FailureKind | { readonly status: number; readonly retryable: boolean };

function judge(kind: string, result: Result, request: CallOptions = {}): Outcome {
  const { x } = call(request);
  if (typeof result === 'string') x.error = new MeshError(result, '');
  else {
    x.response = new ResponseHead();
    x.status = typeof result === 'number' ? result : result.status;
    x.response.retryable = typeof result === 'object' && result.retryable;
  }
  return httpClassifier(kind)(x);
}

const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'POST', 'BREW', 'get'];

for (const [kind, retried] of [
  ['io.l5d.http.nonRetryable5XX', []],
  ['io.l5d.http.retryableRead5XX', ['GET', 'HEAD', 'OPTIONS', 'TRACE']],
  ['io.l5d.http.retryableIdempotent5XX', ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']],
  ['io.l5d.http.retryableAll5XX', ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'POST']],
] as const) {
  describe(kind, () => {
    test(`5xx can be retried for ${retried.join(', ') || 'no method'}, and is a failure for others`, () => {
      for (const method of methods) {
        const expected = retried.includes(method as never) ? 'retryable' : 'failure';
        assert.equal(judge(kind, 503, { method }), expected, method);
        assert.equal(judge(kind, 'reset', { method }), expected, method);
      }
    });

    test('anything below 500, and above 599, is a success', () => {
      for (const status of [100, 200, 302, 404, 499, 600, 999]) assert.equal(judge(kind, status), 'success');
      for (const status of [500, 599]) assert.notEqual(judge(kind, status), 'success');
    });
  });
}

test('linkerd1: http classifiers nonRetryable / retryableRead / Idempotent / All / allSuccessful: allSuccessful calls every answer a success, and failures without one failures', () => {
  assert.equal(judge('io.l5d.http.allSuccessful', 503), 'success');
  assert.equal(judge('io.l5d.http.allSuccessful', 'reset'), 'failure');
});

const ALL = 'io.l5d.http.retryableAll5XX';

for (const [what, request] of [
  ['a chunked request', { streamed: -1 }],
  ['a request with a long body', { streamed: 100_000 }],
] as const) {
  test(`${what} is never retryable`, () => {
    for (const result of [503, 'reset', { status: 503, retryable: true }] as const)
      assert.equal(judge(ALL, result, { method: 'PUT', ...request }), 'failure');
  });
}

test('a request with a gathered body is', () => {
  assert.equal(judge(ALL, 503, { method: 'POST', body: 'hello' }), 'retryable');
});

test('linkerd1: l5d-retryable upgrade: l5d-retryable makes a failure retryable whatever method and classifier, and a success nothing else', () => {
  const kind = 'io.l5d.http.nonRetryable5XX';
  assert.equal(judge(kind, { status: 502, retryable: true }, { method: 'POST' }), 'retryable');
  assert.equal(judge(kind, { status: 200, retryable: true }), 'success');
});

test('of the failures without an answer only some can be retried', () => {
  const kinds: readonly FailureKind[] = ['reset', 'stale', 'write', 'attemptTimeout'];
  for (const kind of kinds) assert.equal(judge(ALL, kind), 'retryable', kind);
  const final: readonly FailureKind[] = ['unbound', 'connect', 'badResponse', 'totalTimeout', 'abandoned', 'loop'];
  for (const kind of final) assert.equal(judge(ALL, kind), 'failure', kind);
});
