import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at, nodeLinker, options } from '#test/manifests/install-options.ts';
import { linkerConfigs, linkerSecrets, meshNamespace } from './namespace.ts';
import type { InstallOptions } from './options.ts';

const level = (change: Partial<InstallOptions>): unknown =>
  at(meshNamespace({ ...options, ...change }), 'metadata', 'labels', 'pod-security.kubernetes.io/enforce');

test('the namespace holds its pods to "restricted", unless a host port is asked for', () => {
  assert.equal(level({}), 'restricted');
  assert.equal(level({ nodeLinker: undefined }), 'restricted');
  assert.equal(level({ nodeLinker: { ...nodeLinker, hostPort: true } }), 'privileged');
});

test("the mesh's own namespace does not opt in to injection", () => {
  assert.doesNotMatch(JSON.stringify(meshNamespace(options)), /heddle\.io\/inject/);
});

test('the configurations are carried as they are, comments and all', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (sidecar, node) => {
      const { data } = linkerConfigs({ ...options, linkers: { sidecar, node } });
      assert.deepEqual(data, { 'sidecar.yaml': sidecar, 'node.yaml': node });
    }),
  );
});

const name = fc.constantFrom('mesh', 'a', 'b', 'c');

test('the certificate is once in each namespace that has linkers, and in no other', () => {
  fc.assert(
    fc.property(fc.array(name), fc.boolean(), (sidecarNamespaces, onNodes) => {
      const secrets = linkerSecrets({ ...options, sidecarNamespaces, nodeLinker: onNodes ? nodeLinker : undefined });
      const places = secrets.map(({ metadata }) => String(at(metadata, 'namespace')));
      assert.deepEqual(
        places.toSorted(),
        [...new Set([...sidecarNamespaces, ...(onNodes ? [options.namespace] : [])])].toSorted(),
      );
    }),
  );
});

test('a Secret holds the three files under the names linkers read, with the type that has them checked', () => {
  for (const secret of linkerSecrets(options)) {
    assert.equal(at(secret, 'metadata', 'name'), 'tls');
    assert.equal(secret['type'], 'kubernetes.io/tls');
    assert.deepEqual(secret['stringData'], { 'tls.crt': 'CERT', 'tls.key': 'KEY', 'ca.crt': 'CA' });
  }
});

test('no Secret is made without TLS, nor where someone else makes them', () => {
  assert.notDeepEqual(linkerSecrets(options), []);
  assert.deepEqual(linkerSecrets({ ...options, tls: { ...options.tls, secret: '' } }), []);
  assert.deepEqual(linkerSecrets({ ...options, tls: { secret: 'tls' } }), []);
});
