import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkers, mesh, namespace, podOf } from '#test/inject/scene.ts';
import { answer, type Knowledge } from './review.ts';

const knowledge: Knowledge = {
  mesh,
  linkers,
  namespace: (name) => namespace(name, name === 'dark' ? undefined : 'enabled'),
};

const request = {
  uid: 'u-1',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  operation: 'CREATE',
  namespace: 'shop',
  object: podOf(),
};
const review = (change: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { ...request, ...change },
});

test('an injected pod is allowed with a patch, without warnings, and nothing of the request comes back', () => {
  const { review: out, patchBytes, ...rest } = answer(review({ dryRun: true }), knowledge);
  const { patch, ...response } = out.response;
  assert.deepEqual(response, {
    uid: 'u-1',
    allowed: true,
    patchType: 'JSONPatch',
    auditAnnotations: { reason: 'injected', mode: 'sidecar' },
  });
  assert.deepEqual(Object.keys(out), ['apiVersion', 'kind', 'response']);
  const operations = JSON.parse(Buffer.from(patch ?? '', 'base64').toString()) as { op: string }[];
  assert.ok(operations.length > 0 && operations.every(({ op }) => op === 'add'));
  assert.equal(patchBytes, JSON.stringify(operations).length);
  assert.deepEqual(rest, { why: { code: 'injected', detail: '' }, mode: 'sidecar', namespace: 'shop', dryRun: true });
});

test("the namespace is the request's, as controllers leave the object's empty", () => {
  assert.equal(answer(review({ namespace: 'dark' }), knowledge).why.code, 'not-enabled');
  assert.equal(answer(review({ namespace: 'kube-system' }), knowledge).why.code, 'system-namespace');
});

test('a pod left alone as asked is allowed without patch and warning', () => {
  const { response } = answer(review({ namespace: 'dark' }), knowledge).review;
  assert.deepEqual(response, { uid: 'u-1', allowed: true, auditAnnotations: { reason: 'not-enabled', mode: 'none' } });
});

test('a pod left alone against its wish is allowed with a warning', () => {
  const { response } = answer(review({ object: podOf({ hostNetwork: true }) }), knowledge).review;
  assert.deepEqual(
    response.warnings?.map((w) => /\[([a-z-]+)\]$/.exec(w)?.[1]),
    ['host-network'],
  );
});

test('remarks on an injected pod are warnings too', () => {
  const { response } = answer(
    review({ object: podOf({ containers: [{ name: 'a', envFrom: [{}] }] }) }),
    knowledge,
  ).review;
  assert.deepEqual(
    response.warnings?.map((w) => /\[([a-z-]+)\]$/.exec(w)?.[1]),
    ['env-from'],
  );
});

for (const [what, change] of [
  ['an update', { operation: 'UPDATE' }],
  ['a subresource', { subResource: 'ephemeralcontainers' }],
  ['another kind', { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }],
  ['a cluster-wide object', { kind: { group: '', version: 'v1', kind: 'Node' }, namespace: undefined }],
] as const) {
  test(`${what} is allowed untouched`, () => {
    const { why, review: out } = answer(review(change), knowledge);
    assert.equal(why.code, 'not-a-pod-creation');
    assert.deepEqual(out.response, { uid: 'u-1', allowed: true });
  });
}

for (const [what, bad] of [
  ['no object', null],
  ['an old version', { ...review(), apiVersion: 'admission.k8s.io/v1beta1' }],
  ['another kind of object', { ...review(), kind: 'Pod' }],
  ['no request', { ...review(), request: undefined }],
  ['no uid', review({ uid: '' })],
  ['no kind', review({ kind: undefined })],
  ['no pod', review({ object: null })],
  ['a malformed pod', review({ object: { spec: { containers: 1 } } })],
] as const) {
  test(`a review with ${what} is the caller's fault`, () => {
    assert.throws(() => answer(bad, knowledge), { name: 'BadReview' });
  });
}
