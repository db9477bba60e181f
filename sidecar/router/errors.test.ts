import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FailureKind, failures, MeshError, unacquired } from './errors.ts';

/** Status an HTTP caller and a gRPC caller get (Linkerd §3.3; gRPC's status codes). */
const told: Readonly<Record<FailureKind, readonly [http: number, grpc: number]>> = {
  unidentified: [400, 3],
  badDtab: [400, 3],
  badName: [502, 3],
  loop: [400, 3],
  unbound: [502, 14],
  bindFailed: [502, 14],
  bindTimeout: [502, 14],
  connect: [502, 14],
  markedDown: [502, 14],
  tooManyWaiters: [502, 14],
  overload: [503, 14],
  nacked: [502, 14],
  refused: [502, 14],
  write: [502, 14],
  stale: [502, 14],
  reset: [502, 14],
  badResponse: [502, 14],
  attemptTimeout: [503, 4],
  totalTimeout: [503, 4],
  evicted: [502, 14],
  deadline: [503, 4],
  abandoned: [499, 1],
};

for (const [kind, [http, grpc]] of Object.entries(told)) {
  test(`${kind}: ${http} for HTTP, ${grpc} for gRPC`, () => {
    const failure = failures[kind as FailureKind];
    assert.deepEqual([failure.http, failure.grpc], [http, grpc]);
  });
}

test('only what no application has seen is safe to send again', () => {
  const unsent = Object.entries(failures).filter(([, failure]) => failure.unsent);
  assert.deepEqual(
    unsent.map(([kind]) => kind),
    ['connect', 'markedDown', 'tooManyWaiters', 'overload', 'nacked', 'refused', 'evicted'],
  );
});

test('only failures on the way to an answer can be retried, never decisions of the mesh or the caller', () => {
  const retryable = Object.entries(failures).filter(([, failure]) => failure.retryable);
  assert.deepEqual(
    retryable.map(([kind]) => kind),
    ['markedDown', 'write', 'stale', 'reset', 'attemptTimeout'],
  );
});

test('where no connection was had, no request was made of the endpoint', () => {
  const kinds = Object.keys(failures) as FailureKind[];
  assert.deepEqual(kinds.filter(unacquired), ['connect', 'markedDown', 'tooManyWaiters']);
  assert.equal(unacquired(undefined), false);
});

test('an error carries kind, message and cause, and costs no stack trace', () => {
  const limit = Error.stackTraceLimit;
  const cause = new Error('why');
  const error = new MeshError('unbound', 'no such name', { cause });
  assert.deepEqual([error.kind, error.message, error.cause], ['unbound', 'no such name', cause]);
  assert.doesNotMatch(error.stack ?? '', /\n\s+at /);
  assert.equal(Error.stackTraceLimit, limit);
});
