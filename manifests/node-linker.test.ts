import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restrictedViolations } from '#test/inject/restricted.ts';
import { at, differences, nodeLinker, options } from '#test/manifests/install-options.ts';
import { nodeLinkers } from './node-linker.ts';
import type { InstallOptions } from './options.ts';

const built = (change: Partial<InstallOptions> = {}) => nodeLinkers({ ...options, ...change });
const [daemonSet, service] = built();
const template = at(daemonSet, 'spec', 'template');
const container = at(template, 'spec', 'containers', 0);

test('where nodes have no linkers there is nothing of them', () => {
  assert.deepEqual(built({ nodeLinker: undefined }), []);
});

test('a linker needs nothing of its node: it passes Pod Security "restricted" unless a host port is asked for', () => {
  assert.deepEqual(restrictedViolations(template), []);
  assert.equal(at(container, 'securityContext', 'readOnlyRootFilesystem'), true);
  const [onHost] = built({ nodeLinker: { ...nodeLinker, hostPort: true } });
  assert.deepEqual(restrictedViolations(at(onHost, 'spec', 'template')), ['linker: hostPort']);
});

test('a pod keeps to the linker of its own node', () => {
  assert.equal(at(service, 'spec', 'internalTrafficPolicy'), 'Local');
});

test('every port of the Service is one of the container, under the same number', () => {
  const numbers = (from: unknown, key: string) =>
    Object.fromEntries((from as Record<string, unknown>[]).map((port) => [port['name'], port[key]]));
  const ports = numbers(at(service, 'spec', 'ports'), 'port');
  assert.deepEqual(ports, { 'http-outgoing': 5140, 'http-incoming': 5141, admin: 5990 });
  assert.deepEqual(numbers(at(container, 'ports'), 'containerPort'), ports);
  for (const { name, targetPort } of at(service, 'spec', 'ports') as { name: string; targetPort: string }[])
    assert.equal(targetPort, name);
});

test('both objects speak of the same pods, of every version', () => {
  const selector = at(daemonSet, 'spec', 'selector', 'matchLabels');
  assert.deepEqual(at(service, 'spec', 'selector'), selector);
  const labels = at(template, 'metadata', 'labels') as object;
  assert.deepEqual({ ...labels, ...(selector as object) }, labels);
  assert.deepEqual(
    differences(built(), built({ version: '9.9.9' })).filter((place) => /selector/.test(place)),
    [],
  );
});

test('a node that takes no ordinary pods has a linker too, one that evicts them has none', () => {
  assert.deepEqual(at(template, 'spec', 'tolerations'), [{ operator: 'Exists', effect: 'NoSchedule' }]);
});

test('the container reads the file that the ConfigMap has for nodes', () => {
  const [mount] = at(container, 'volumeMounts') as { name: string; mountPath: string }[];
  const [volume] = at(template, 'spec', 'volumes') as { name: string }[];
  assert.equal(mount?.name, volume?.name);
  const item = at(volume, 'projected', 'sources', 0, 'configMap', 'items', 0);
  assert.equal(at(item, 'key'), 'node.yaml');
  assert.equal(at(container, 'args', 1), `${mount?.mountPath}/${String(at(item, 'path'))}`);
});

test('each option changes what it is about, and nothing else', () => {
  const pod = '0.spec.template.spec';
  const changes: readonly (readonly [Partial<InstallOptions>, readonly string[]])[] = [
    [{ image: 'other:1' }, [`${pod}.containers.0.image`]],
    [{ imagePullPolicy: 'Never' }, [`${pod}.containers.0.imagePullPolicy`]],
    [
      { nodeLinker: { ...nodeLinker, configHash: 'def' } },
      ['0.spec.template.metadata.annotations.heddle.io/config-hash'],
    ],
    [
      { nodeLinker: { ...nodeLinker, hostPort: true } },
      [
        '0.spec.updateStrategy.rollingUpdate.maxUnavailable',
        '0.spec.updateStrategy.rollingUpdate.maxSurge',
        `${pod}.containers.0.ports.0.hostPort`,
      ],
    ],
    [
      { nodeLinker: { ...nodeLinker, adminPort: 1 } },
      [`${pod}.containers.0.ports.2.containerPort`, '1.spec.ports.2.port'],
    ],
    [{ tls: { secret: '' } }, [`${pod}.volumes.0.projected.sources.1`]],
    [{ namespace: 'other' }, ['0.metadata.namespace', '1.metadata.namespace']],
    [{ sidecarNamespaces: [] }, []],
  ];
  for (const [change, places] of changes) assert.deepEqual(differences(built(), built(change)), places);
});
