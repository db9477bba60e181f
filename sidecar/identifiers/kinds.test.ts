import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify, identifyTests, requestHead } from '#test/helpers/identify.ts';
import { h2IdentifierKinds, identifierKinds } from './kinds.ts';

const three = [{ kind: 'io.l5d.header' }, { kind: 'io.l5d.path', segments: 2 }, { kind: 'io.l5d.header.token' }];

identifyTests('a list of identifiers is asked in order', [
  ['the first', three, 'GET /a/b\nHost: web\nl5d-name: /n', '/svc/n'],
  ['the second', three, 'GET /a/b\nHost: web', '/svc/a/b'],
  ['the third', three, 'GET /a\nHost: web', '/svc/web'],
  ['none, and the last reason counts', three, 'GET /a', 'declined: Host header is absent'],
  ['no list is the token of Host', [], 'GET /\nHost: web', '/svc/web'],
]);

test('the prefix may be longer, or empty', () => {
  assert.equal(identify([], requestHead('GET /\nHost: web'), '/http/1.1'), '/http/1.1/web');
  assert.equal(identify([], requestHead('GET /\nHost: web'), '/'), '/web');
});

test('configuration refuses unknown keys, no segments, and names that are none', () => {
  for (const config of [
    { kind: 'io.l5d.header.token', heder: 'x' },
    { kind: 'io.l5d.header', header: '' },
    { kind: 'io.l5d.path', segments: 0 },
    { kind: 'io.l5d.static' },
    { kind: 'io.l5d.static', path: 'foo' },
    { kind: 'io.l5d.nope' },
  ]) {
    assert.equal(identifierKinds.schema.safeParse(config).success, false, JSON.stringify(config));
  }
});

test('linkerd1: istio identifiers: those are left out, and it is said what to use instead', () => {
  for (const [kind, instead] of [
    ['io.l5d.k8s.istio', 'io.l5d.header.token'],
    ['io.l5d.k8s.istio-ingress', 'io.l5d.ingress'],
  ] as const) {
    for (const { schema } of [identifierKinds, h2IdentifierKinds]) {
      const words = schema.safeParse({ kind }).error?.issues[0]?.message ?? '';
      assert.ok(words.includes(`${kind} is a Linkerd 1.x`) && words.includes(`leaves out: use ${instead}`), words);
    }
  }
});
