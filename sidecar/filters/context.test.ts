import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceId } from '#core/telemetry/trace.ts';
import { call } from '#test/helpers/exchanges.ts';
import { propagatorKinds } from '../propagators/kinds.ts';
import type { Share } from '../router/choice.ts';
import type { Exchange } from '../router/exchange.ts';
import { contextHeaders } from './context.ts';

const propagator = propagatorKinds.make({ kind: 'io.l5d.default' }, undefined);

const share = (residual: string): Share => ({
  upTo: 1,
  client: '/#/web',
  service: { send() {} },
  lines: `l5d-dst-service: /svc/web\r\nl5d-dst-client: /#/web\r\n${residual === '' ? '' : `l5d-dst-residual: ${residual}\r\n`}`,
  residual,
  stats: { begin() {}, skip() {}, end() {} },
  unroutable: () => '',
});

function context(edit: (x: Exchange) => void): string {
  const { x } = call();
  x.share = share('');
  edit(x);
  contextHeaders(propagator).request?.(x);
  return x.context;
}

test('a request goes on with the id of its trace and its dtab', () => {
  const text = context((x) => {
    x.span = new TraceId([0, 1], [0, 2], [0x1234, 0xabcd], [0, 0]);
    x.dtab = '/a=>/b';
  });
  const own = 'l5d-reqid: 000012340000abcd\r\nl5d-ctx-dtab: /a=>/b\r\n';
  assert.equal(text, own);
});

test("a caller's residual goes on where the mesh has none, and not beside its own", () => {
  const theirs = (x: Exchange) => {
    x.request.residual = '/theirs';
  };
  assert.equal(context(theirs), 'l5d-dst-residual: /theirs\r\n');
  const both = context((x) => {
    theirs(x);
    x.share = share('/ours');
  });
  assert.equal(both, '', 'the mesh has its own among the lines of the share');
});

test('each attempt has lines of its own, not those of the one before', () => {
  const { x } = call();
  x.share = share('');
  x.request.residual = '/one';
  contextHeaders(propagator).request?.(x);
  x.request.residual = '';
  contextHeaders(propagator).request?.(x);
  assert.equal(x.context, '');
});

test('each attempt begins with the deadline of the request', () => {
  const { x } = call();
  x.deadline = '1 3';
  contextHeaders(propagator).request?.(x);
  x.attemptDeadline = '1 2';
  contextHeaders(propagator).request?.(x);
  assert.equal(x.attemptDeadline, '1 3');
});
