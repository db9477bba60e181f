import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Path } from '#core/naming/path.ts';
import { call } from '#test/helpers/exchanges.ts';
import { classifierOf } from './classifier.ts';
import { router } from './config/router.ts';
import { serviceConfigFor } from './config.ts';
import { ResponseHead } from './router/response-head.ts';

/** How a router judges an answer to a POST, its classifier configured like this. */
function judge(protocol: 'http' | 'h2', responseClassifier: object | undefined, status: number, trailers = '') {
  const config = router.parse({ protocol, servers: [{}], service: { responseClassifier } });
  const { x } = call({ method: 'POST' });
  x.status = status;
  x.response = new ResponseHead();
  x.trailers = trailers;
  return classifierOf(serviceConfigFor(config, Path.read('/svc/web')).responseClassifier)(x);
}

const unavailable = 'grpc-status: 14\r\n';
const internal = 'grpc-status: 13\r\n';

test('linkerd1: h2 classifiers: the kinds of http routers hold for h2 routers under names of their own', () => {
  for (const protocol of ['http', 'h2'] as const) {
    assert.equal(judge(protocol, { kind: `io.l5d.${protocol}.retryableAll5XX` }, 503), 'retryable');
    assert.equal(judge(protocol, { kind: `io.l5d.${protocol}.retryableRead5XX` }, 503), 'failure');
    assert.equal(judge(protocol, undefined, 503), 'failure');
  }
});

test('linkerd1: grpc classifiers: gRPC kinds read grpc-status', () => {
  const kind = (name: string) => ({ kind: `io.l5d.h2.grpc.${name}` });
  for (const name of ['default', 'compliant']) {
    assert.equal(judge('h2', kind(name), 200, unavailable), 'retryable');
    assert.equal(judge('h2', kind(name), 200, internal), 'failure');
  }
  assert.equal(judge('h2', kind('alwaysRetryable'), 200, internal), 'retryable');
  assert.equal(judge('h2', kind('neverRetryable'), 200, unavailable), 'failure');
  const these = { ...kind('retryableStatusCodes'), retryableStatusCodes: [13] };
  assert.equal(judge('h2', these, 200, internal), 'retryable');
  assert.equal(judge('h2', these, 200, unavailable), 'failure');
});

test('successStatusCodes are no failures', () => {
  const config = { kind: 'io.l5d.h2.grpc.default', successStatusCodes: [0, 13] };
  assert.equal(judge('h2', config, 200, internal), 'success');
});
