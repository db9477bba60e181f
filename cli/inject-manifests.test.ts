import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkers, mesh } from '#test/inject/scene.ts';
import { injectManifests } from './inject-manifests.ts';

// What becomes of whole files is in test/inject/golden.test.ts.
const options = { mesh, linkers, namespace: 'shop' };

test('text without pods comes back as it was', () => {
  for (const text of ['', '# only a comment\n', 'kind: Service\nmetadata:   {name: x}\n', '{ "kind": "Service" }']) {
    assert.deepEqual(injectManifests(text, options), { text, report: [] });
  }
});

test('JSON stays JSON', () => {
  const pod = { kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'a' }] } };
  const { text, report } = injectManifests(JSON.stringify(pod), options);
  assert.equal((JSON.parse(text) as { metadata: { labels: object } }).metadata.labels !== undefined, true);
  assert.deepEqual(report, ['pod/x: injected, sidecar']);
});

test('what is neither YAML nor JSON is an error, and so is a template that is no pod', () => {
  assert.throws(() => injectManifests('a: [', options), /Flow sequence/);
  assert.throws(() => injectManifests('{"a"', options), SyntaxError);
  assert.throws(() => injectManifests('kind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: 1}]}\n', options), {
    message: 'pod/x.spec.containers[0].name is not a string',
  });
});

test('an object without a namespace is in the one given', () => {
  const pod = 'kind: Pod\nspec: {containers: [{name: a}]}\n';
  assert.match(injectManifests(pod, options).text, /\/k8s\/shop\//);
  assert.match(injectManifests(pod.replace('kind', 'metadata: {namespace: own}\nkind'), options).text, /\/k8s\/own\//);
  assert.match(injectManifests(pod, { ...options, namespace: 'kube-system' }).report[0] ?? '', /system-namespace/);
});
