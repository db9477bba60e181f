import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mesh, namespace, podOf, scene } from '#test/inject/scene.ts';
import { at, differences, options } from '#test/manifests/install-options.ts';
import { decide, systemNamespaces } from '#webhook/decide.ts';
import type { InstallOptions } from './options.ts';
import { webhookConfiguration } from './webhook-configuration.ts';

interface Expression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn';
  readonly values: readonly string[];
}

const built = (injector: Partial<InstallOptions['injector']> = {}) =>
  webhookConfiguration({ ...options, injector: { ...options.injector, ...injector } });
const webhooks = built()['webhooks'] as readonly object[];

type Labels = Readonly<Record<string, string>>;

/** As the API server selects: a label that is not there is in no list. */
const selects = (selector: unknown, labels: Labels): boolean =>
  (at(selector, 'matchExpressions') as Expression[]).every(
    ({ key, operator, values }) => values.includes(labels[key] ?? '\0') === (operator === 'In'),
  );

/** How many of the webhooks are asked about a pod. */
function asked(name: string, ofNamespace: Labels, ofPod: Labels): number {
  const labels = { ...ofNamespace, 'kubernetes.io/metadata.name': name };
  return webhooks.filter((w) => selects(at(w, 'namespaceSelector'), labels) && selects(at(w, 'objectSelector'), ofPod))
    .length;
}

const values = [undefined, 'enabled', 'disabled', 'true', ''] as const;
const labelled = (value: string | undefined): Labels => (value === undefined ? {} : { 'heddle.io/inject': value });

test('the injector is asked once about each pod that it would take, and never twice about any', () => {
  for (const name of ['shop', 'mesh', ...systemNamespaces]) {
    for (const ofNamespace of values) {
      for (const ofPod of values) {
        const times = asked(name, labelled(ofNamespace), labelled(ofPod));
        const change = { namespace: namespace(name, ofNamespace), mesh: { ...mesh, namespace: 'mesh' } };
        const { kind } = decide(scene(podOf({}, undefined, labelled(ofPod)), change));
        assert.ok(
          kind === 'inject' ? times === 1 : times <= 1,
          `${name} ${ofNamespace} ${ofPod}: asked ${times} times`,
        );
      }
    }
  }
});

test('pods of the system and of the mesh start whether or not an injector answers', () => {
  for (const name of [...systemNamespaces, 'mesh'])
    assert.equal(asked(name, labelled('enabled'), labelled('enabled')), 0, name);
});

test('pods of which nobody spoke start whether or not an injector answers', () => {
  for (const ofNamespace of [undefined, 'disabled', 'true']) assert.equal(asked('shop', labelled(ofNamespace), {}), 0);
});

test('only the creation of pods is asked about, and mirror pods, which the kubelet made already, are not', () => {
  for (const webhook of webhooks) {
    assert.deepEqual(at(webhook, 'rules'), [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
    ]);
    assert.match(
      String(at(webhook, 'matchConditions', 0, 'expression')),
      /^!.*\|\| !\('kubernetes\.io\/config\.mirror'/,
    );
  }
});

test('the two webhooks have names and paths of their own', () => {
  for (const place of [['name'], ['clientConfig', 'service', 'path']])
    assert.equal(new Set(webhooks.map((w) => at(w, ...place))).size, 2, place.join('.'));
});

test('each option changes what it is about, and nothing else', () => {
  const each = (place: string) => [0, 1].map((i) => `webhooks.${i}.${place}`);
  assert.deepEqual(differences(built(), built({ failurePolicy: 'Fail' })), each('failurePolicy'));
  assert.deepEqual(differences(built(), built({ replicas: 7, args: [] })), []);
  const outside = built({ url: 'https://127.0.0.1:8443' });
  assert.deepEqual(
    differences(built(), outside).map((place) => place.split('.').slice(0, 4).join('.')),
    [
      'webhooks.0.clientConfig.service',
      'webhooks.0.clientConfig.url',
      'webhooks.1.clientConfig.service',
      'webhooks.1.clientConfig.url',
    ],
  );
  for (const i of [0, 1]) {
    const path = String(at(webhooks[i], 'clientConfig', 'service', 'path'));
    assert.equal(at(outside, 'webhooks', i, 'clientConfig', 'url'), `https://127.0.0.1:8443${path}`);
  }
});

test('whom to trust is left to the injector, so that applying again does not take it away', () => {
  assert.doesNotMatch(JSON.stringify([built(), built({ url: 'https://x' })]), /caBundle/);
});
