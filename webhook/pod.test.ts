import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyPod } from '#test/inject/pods.ts';
import { asPod } from './pod.ts';

test('every pod, with nulls and unknown fields, is taken as it is', () => {
  fc.assert(fc.property(anyPod, (pod) => assert.equal(asPod(pod), pod)));
});

for (const [value, message] of [
  [null, 'pod is not a map'],
  [[], 'pod is not a map'],
  [{ metadata: 1 }, 'pod.metadata is not a map'],
  [{ metadata: { labels: { a: 1 } } }, 'pod.metadata.labels["a"] is not a string'],
  [{ spec: { containers: {} } }, 'pod.spec.containers is not a list'],
  [{ spec: { containers: [{}] } }, 'pod.spec.containers[0].name is not there'],
  [
    { spec: { containers: [{ name: 'a', env: [{ name: 'x', value: 1 }] }] } },
    'pod.spec.containers[0].env[0].value is not a string',
  ],
  [
    { spec: { initContainers: [{ name: 'a', ports: [{ containerPort: '80' }] }] } },
    'pod.spec.initContainers[0].ports[0].containerPort is not a number',
  ],
  [{ spec: { hostNetwork: 'yes' } }, 'pod.spec.hostNetwork is not true or false'],
] as const) {
  test(`refused: ${message}`, () => {
    assert.throws(() => asPod(value), { name: 'NotAPod', message });
  });
}
