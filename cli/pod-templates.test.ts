import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podTemplates } from './pod-templates.ts';

const template = { spec: { containers: [{ name: 'a' }] } };
const object = (kind: string, spec: object, metadata: object = { name: 'x' }) => ({ kind, metadata, spec });
const found = (document: unknown) =>
  podTemplates(document).map(({ path, owner, namespace }) => [path.join('.'), owner, namespace]);

for (const kind of [
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'Rollout',
  'Whatever',
]) {
  test(`a ${kind} has its template in the usual place`, () => {
    assert.deepEqual(found(object(kind, { template })), [['spec.template', `${kind.toLowerCase()}/x`, undefined]]);
  });
}

test('a Pod is its own template, a CronJob has that of its jobs', () => {
  assert.deepEqual(found(object('Pod', template.spec, { generateName: 'x-', namespace: 'n' })), [['', 'pod/x-', 'n']]);
  assert.deepEqual(found(object('CronJob', { jobTemplate: { spec: { template } } })), [
    ['spec.jobTemplate.spec.template', 'cronjob/x', undefined],
  ]);
});

test('a list, of any kind and in itself, has those of its items', () => {
  const list = {
    kind: 'DeploymentList',
    items: [
      object('Deployment', { template }),
      object('Service', {}),
      { kind: 'List', items: [object('Pod', template.spec)] },
    ],
  };
  assert.deepEqual(
    found(list).map(([path]) => path),
    ['items.0.spec.template', 'items.2.items.0'],
  );
  assert.deepEqual(found({ kind: 'List' }), []);
});

test('what has no containers there is no pod template', () => {
  for (const other of [
    null,
    'text',
    [],
    {},
    object('Service', { ports: [] }),
    object('Knative', { template: { spec: {} } }),
  ]) {
    assert.deepEqual(found(other), []);
  }
});
