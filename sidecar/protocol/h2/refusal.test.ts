import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { MeshError } from '../../router/errors.ts';
import { grpcRefusal, isGrpc, type Refusal, refusal } from './refusal.ts';

const side = { clearContext: false, errorBytes: 10, headerBytes: 100 };
const error = new MeshError('unbound', 'nothing at /svc/web\n100 % ü');

function fields({ head, length }: Refusal): Readonly<Record<string, string>> {
  const lines = head.lines.split('\r\n').filter((line) => line !== '');
  return {
    ':status': String(head.status),
    ...Object.fromEntries(lines.map((line) => line.split(': '))),
    ...(length < 0 ? {} : { 'content-length': String(length) }),
  };
}

test('a request that failed is answered with the status of its failure, its words cut short', () => {
  const { request } = call().x;
  const made = refusal(error, request, side);
  assert.equal(made.body.toString(), 'nothing at');
  const { ':status': status, 'content-length': length, 'l5d-err': words } = fields(made);
  assert.deepEqual([status, length], ['502', '10']);
  assert.match(words ?? '', /^nothing\+at/);
});

test('HEAD gets no body, and nobody words where the context is cleared', () => {
  const head = call({ method: 'HEAD' }).x.request;
  assert.equal(refusal(error, head, side).body.length, 0);
  const bare = refusal(error, call().x.request, { ...side, clearContext: true });
  assert.deepEqual([fields(bare), bare.body.length], [{ ':status': '502' }, 0]);
});

test('a gRPC call gets its status and message in an answer without a body', () => {
  const made = grpcRefusal(error, side);
  assert.equal(made.body.length, 0);
  const { 'l5d-err': words, ...rest } = fields(made);
  assert.deepEqual(rest, {
    ':status': '200',
    'content-type': 'application/grpc',
    'grpc-status': '14',
    'grpc-message': 'nothing at /svc/web%0A100 %25 %C3%BC',
  });
  assert.match(words ?? '', /^nothing\+at/);
  const bare = fields(grpcRefusal(error, { ...side, clearContext: true }));
  assert.deepEqual(bare, { ':status': '200', 'content-type': 'application/grpc', 'grpc-status': '14' });
});

test('a gRPC call is known by its content type', () => {
  const of = (type: string) => isGrpc(call({ lines: `content-type: ${type}\r\n` }).x.request);
  assert.deepEqual(['application/grpc', 'application/grpc+proto', 'application/grpc;a=b'].map(of), [true, true, true]);
  assert.deepEqual(['application/grpc-web', 'application/json', ''].map(of), [false, false, false]);
  assert.equal(isGrpc(call().x.request), false);
});
