import assert from 'node:assert/strict';
import { test } from 'node:test';
import { injectorOptions } from './config.ts';
import { meshOf, meshOptions, readOptions } from './mesh-options.ts';

const mesh = (given: object) => meshOf(readOptions(meshOptions, given), '9');

test('without options: a native sidecar of our version, the linker of the node by its Service', () => {
  const { image, nativeSidecar, defaultMode, sidecarHost, nodeHost } = mesh({});
  assert.deepEqual([image, nativeSidecar, defaultMode], ['heddle:9', true, 'sidecar']);
  assert.deepEqual(sidecarHost, { kind: 'literal', host: '127.0.0.1' });
  assert.deepEqual(nodeHost, { kind: 'literal', host: 'heddle-linker.heddle.svc.cluster.local' });
});

test('addresses follow the options', () => {
  const { sidecarHost, nodeHost } = mesh({ sidecarAddress: 'pod-ip', nodeAddress: 'host-port', ipv6: true });
  assert.deepEqual(sidecarHost, { kind: 'field', variable: 'HEDDLE_POD_IP', fieldPath: 'status.podIP', ipv6: true });
  assert.deepEqual(nodeHost, { kind: 'field', variable: 'HEDDLE_HOST_IP', fieldPath: 'status.hostIP', ipv6: true });
  const { nodeHost: elsewhere } = mesh({ meshNamespace: 'm', clusterDomain: 'example' });
  assert.deepEqual(elsewhere, { kind: 'literal', host: 'heddle-linker.m.svc.example' });
});

test('lists stand between commas', () => {
  assert.deepEqual(mesh({ directHosts: ' a, b,,' }).noProxy, ['a', 'b']);
});

test('all that is wrong is said at once, by the name of the option', () => {
  assert.throws(
    () => readOptions(meshOptions, { defaultMode: 'all', imagePullPolicy: 'Sometimes' }),
    (error: Error) => {
      assert.match(error.message, /^--default-mode: .*\n--image-pull-policy: /);
      return true;
    },
  );
});

test("the injector's own options are read from text", () => {
  const { port, serverName, drainSeconds } = readOptions(injectorOptions, {
    port: '0',
    serverName: 'a,b',
    drainSeconds: '0.5',
  });
  assert.deepEqual([port, serverName, drainSeconds], [0, ['a', 'b'], 0.5]);
  assert.throws(() => readOptions(injectorOptions, { port: 'https' }), /--port: /);
});
