import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restrictedViolations } from '#test/inject/restricted.ts';
import { at, differences, options } from '#test/manifests/install-options.ts';
import { injectorWorkload } from './injector.ts';
import type { InstallOptions } from './options.ts';

const built = (change: Partial<InstallOptions> = {}) => injectorWorkload({ ...options, ...change });
const [deployment, service, budget] = built();
const pod = at(deployment, 'spec', 'template', 'spec');
const container = at(pod, 'containers', 0);

test('it needs no right that Pod Security "restricted" does not give, and cannot write its own files', () => {
  assert.deepEqual(restrictedViolations(at(deployment, 'spec', 'template')), []);
  assert.equal(at(container, 'securityContext', 'readOnlyRootFilesystem'), true);
});

test('all three objects speak of the same pods', () => {
  const labels = at(deployment, 'spec', 'template', 'metadata', 'labels');
  for (const selector of [
    at(deployment, 'spec', 'selector', 'matchLabels'),
    at(pod, 'topologySpreadConstraints', 0, 'labelSelector', 'matchLabels'),
    at(service, 'spec', 'selector'),
    at(budget, 'spec', 'selector', 'matchLabels'),
  ]) {
    assert.deepEqual({ ...(labels as object), ...(selector as object) }, labels);
    assert.notDeepEqual(selector, {});
  }
});

test('an update selects the pods of the version before: selectors are not told the version', () => {
  const newer = built({ version: '9.9.9' });
  const changed = differences(built(), newer);
  assert.ok(changed.length > 0);
  assert.deepEqual(
    changed.filter((place) => !place.endsWith('labels.app.kubernetes.io/version')),
    [],
  );
});

test('the port that the Service and the probes name is there', () => {
  const [port] = at(container, 'ports') as { name: string }[];
  assert.equal(port?.name, at(service, 'spec', 'ports', 0, 'targetPort'));
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    assert.equal(at(container, probe, 'httpGet', 'port'), port?.name);
    assert.equal(at(container, probe, 'httpGet', 'scheme'), 'HTTPS', 'it speaks nothing else');
  }
});

test('only readiness depends on more than the process: who waits for a certificate is not killed for it', () => {
  const path = (probe: string) => at(container, probe, 'httpGet', 'path');
  assert.deepEqual(['startupProbe', 'readinessProbe', 'livenessProbe'].map(path), ['/healthz', '/readyz', '/healthz']);
});

test('what is mounted is a volume of the pod', () => {
  const volumes = (at(pod, 'volumes') as { name: string }[]).map(({ name }) => name);
  for (const { name } of at(container, 'volumeMounts') as { name: string }[]) assert.ok(volumes.includes(name), name);
});

test('an update never leaves fewer injectors than there were', () => {
  assert.deepEqual(at(deployment, 'spec', 'strategy', 'rollingUpdate'), { maxUnavailable: 0, maxSurge: 1 });
});

test('each option changes what it is about, and nothing else', () => {
  const inContainer = '0.spec.template.spec.containers.0';
  const changes: readonly (readonly [Partial<InstallOptions>, readonly string[]])[] = [
    [{ image: 'other:1' }, [`${inContainer}.image`]],
    [{ imagePullPolicy: 'Never' }, [`${inContainer}.imagePullPolicy`]],
    [{ injector: { ...options.injector, replicas: 5 } }, ['0.spec.replicas']],
    [{ injector: { ...options.injector, args: ['--ipv6'] } }, [`${inContainer}.args.1`]],
    [{ namespace: 'other' }, ['0.metadata.namespace', '1.metadata.namespace', '2.metadata.namespace']],
    [{ nodeLinker: undefined, sidecarNamespaces: [], tls: { secret: '' } }, []],
  ];
  for (const [change, places] of changes) assert.deepEqual(differences(built(), built(change)), places);
});
