import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FailureKind, failures, MeshError } from '../router/errors.ts';
import { CLASSIFIED, failureNames } from './failure-names.ts';

const error = (kind: FailureKind, cause?: unknown) => new MeshError(kind, '', { cause });
const { http, h2 } = failureNames;

test('a server for HTTP/1 sees answers, unless nobody is there to be answered or it refused to look', () => {
  for (const kind of Object.keys(failures) as FailureKind[]) {
    const own = kind === 'abandoned' || kind === 'overload';
    assert.equal(http.server(error(kind)), own ? failures[kind].metric : CLASSIFIED, kind);
  }
});

test('a time-out of the whole request is one of waiting to a client', () => {
  for (const { client, service } of [http, h2]) {
    assert.equal(client(error('totalTimeout')), 'com.twitter.util.TimeoutException');
    assert.equal(service(error('totalTimeout')), failures.totalTimeout.metric);
  }
  assert.equal(http.client(error('reset')), failures.reset.metric);
});

test('linkerd1: h2 error mapping to RST: streams that are reset are named by their code', () => {
  const name = (kind: FailureKind, cause?: unknown) => h2.service(error(kind, cause));
  assert.equal(name('abandoned'), 'com.twitter.finagle.buoyant.h2.Reset$Cancel$');
  assert.equal(name('reset', 7), 'com.twitter.finagle.buoyant.h2.Reset$Refused$');
  assert.equal(name('refused'), 'com.twitter.finagle.buoyant.h2.Reset$Refused$');
  assert.equal(name('reset', 99), 'com.twitter.finagle.buoyant.h2.Reset$InternalError$');
  assert.equal(name('stale', new Error('lost')), 'com.twitter.finagle.buoyant.h2.Reset$Cancel$');
  assert.equal(name('connect'), failures.connect.metric);
});
