import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { MeshError } from '../router/errors.ts';
import { ResponseHead } from '../router/response-head.ts';
import { type GrpcCodes, grpcClassifier, grpcRetryable } from './grpc.ts';

interface Answer {
  readonly status?: number;
  /** Header lines, and trailer lines. */
  readonly head?: string;
  readonly trailers?: string;
}

function judge(
  { status = 200, head = '', trailers = '' }: Answer,
  codes: Partial<GrpcCodes> = {},
  request?: CallOptions,
) {
  const { x } = call(request);
  x.status = status;
  x.response = new ResponseHead();
  x.response.lines = head;
  x.trailers = trailers;
  return grpcClassifier({ successful: [0], retryable: grpcRetryable.default, ...codes })(x);
}

const code = (n: number | string): Answer => ({ trailers: `grpc-status: ${n}\r\n` });

describe('a gRPC answer is judged by its grpc-status', () => {
  test('in the trailers, or in the head of one without messages; the trailers count first', () => {
    assert.equal(judge(code(0)), 'success');
    assert.equal(judge(code(5)), 'failure');
    assert.equal(judge({ head: 'grpc-status: 5\r\n' }), 'failure');
    assert.equal(judge({ head: 'grpc-status: 0\r\n', trailers: 'Grpc-Status: 13\r\n' }), 'failure');
  });

  test('before it is known, or where it says nothing, it is a success', () => {
    for (const answer of [{}, code(''), code('-1'), code('ok'), code('1000')]) assert.equal(judge(answer), 'success');
  });

  test('an HTTP status from 400 on, or no answer, is a failure whatever it says', () => {
    assert.equal(judge({ status: 400, trailers: 'grpc-status: 0\r\n' }), 'failure');
    assert.equal(judge({ status: 399 }), 'success');
    const { x } = call();
    x.error = new MeshError('reset', '');
    assert.equal(grpcClassifier({ successful: [0], retryable: grpcRetryable.always })(x), 'failure');
  });

  test('statuses can be declared successes', () => {
    assert.equal(judge(code(5), { successful: [0, 5] }), 'success');
    assert.equal(judge(code(0), { successful: [5], retryable: grpcRetryable.never }), 'failure');
  });
});

test('which failures are sent again: UNAVAILABLE, all, none, or those listed', () => {
  const again = (retryable: GrpcCodes['retryable']) =>
    Array.from({ length: 17 }, (_, n) => n).filter((n) => judge(code(n), { retryable }) === 'retryable');
  assert.deepEqual(again(grpcRetryable.default), [14]);
  assert.deepEqual(again(grpcRetryable.always), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  assert.deepEqual(again(grpcRetryable.never), []);
  assert.deepEqual(again(grpcRetryable.these([4, 8])), [4, 8]);
});

test('what cannot be sent again is not called retryable', () => {
  assert.equal(judge(code(14), {}, { streamed: -1 }), 'failure');
});
