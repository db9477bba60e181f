import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at, options } from '#test/manifests/install-options.ts';
import type { Manifest } from './options.ts';
import { injectorRights, linkerRights } from './rbac.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const injector = injectorRights(options);
const linker = linkerRights(options);
const ofKind = (all: readonly Manifest[], ...kinds: readonly string[]) =>
  all.filter(({ kind }) => kinds.includes(kind));
const rulesOf = (all: readonly Manifest[], ...kinds: readonly string[]) =>
  ofKind(all, ...kinds).flatMap((role) => role['rules'] as Rule[]);

/** Each right, as `verb group/resource` with the one object it is for. */
const rights = (rules: readonly Rule[]): string[] =>
  rules
    .flatMap(({ apiGroups, resources, resourceNames = ['any'], verbs }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => resourceNames.map((name) => `${verb} ${group}/${resource} ${name}`)),
        ),
      ),
    )
    .toSorted();

test('the injector may follow namespaces and fill what is its own, by name, and no more', () => {
  assert.deepEqual(rights(rulesOf(injector, 'ClusterRole')), [
    'get admissionregistration.k8s.io/mutatingwebhookconfigurations heddle-injector',
    'list /namespaces any',
    'patch admissionregistration.k8s.io/mutatingwebhookconfigurations heddle-injector',
    'watch /namespaces any',
  ]);
  assert.deepEqual(rights(rulesOf(injector, 'Role')), [
    'get /secrets heddle-injector-tls',
    'patch /secrets heddle-injector-tls',
  ]);
});

test('linkerd1: RBAC objects: a linker may read what routing needs and change nothing; Secrets are not among it', () => {
  const rules = rulesOf(linker, 'ClusterRole', 'Role');
  const read = ['/endpoints', '/pods', '/services', 'discovery.k8s.io/endpointslices'];
  assert.deepEqual(
    rights(rules),
    ['get', 'list', 'watch'].flatMap((verb) => read.map((what) => `${verb} ${what} any`)),
  );
});

test('every role is bound, in its own scope, to the account of its process', () => {
  for (const all of [injector, linker]) {
    const [account] = ofKind(all, 'ServiceAccount');
    for (const role of ofKind(all, 'ClusterRole', 'Role')) {
      const [binding, ...others] = ofKind(all, `${role.kind}Binding`);
      assert.deepEqual(others, []);
      assert.deepEqual(at(binding, 'roleRef'), {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: role.kind,
        name: at(role, 'metadata', 'name'),
      });
      assert.equal(at(binding, 'metadata', 'namespace'), at(role, 'metadata', 'namespace'));
      assert.deepEqual(at(binding, 'subjects', 0), {
        kind: 'ServiceAccount',
        name: at(account, 'metadata', 'name'),
        namespace: 'mesh',
      });
    }
  }
});

test('nobody else is given the rights of the injector', () => {
  for (const binding of ofKind(injector, 'ClusterRoleBinding', 'RoleBinding'))
    assert.equal((binding['subjects'] as unknown[]).length, 1, binding.kind);
});

test('the right to Secrets reaches no further than the namespace of the mesh', () => {
  assert.doesNotMatch(JSON.stringify(rulesOf([...injector, ...linker], 'ClusterRole')), /secrets/);
  assert.equal(at(ofKind(injector, 'Role')[0], 'metadata', 'namespace'), 'mesh');
});

test('the Secret that the injector may fill is there, and empty', () => {
  const [secret] = ofKind(injector, 'Secret');
  assert.equal(at(secret, 'metadata', 'name'), rulesOf(injector, 'Role')[0]?.resourceNames?.[0]);
  assert.deepEqual(Object.keys(secret ?? {}).toSorted(), ['apiVersion', 'kind', 'metadata', 'type']);
});

test('of all accounts only those of the namespaces with sidecars act as linkers, each named once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (sidecarNamespaces) => {
      const [binding] = ofKind(linkerRights({ ...options, sidecarNamespaces }), 'ClusterRoleBinding');
      const [, ...groups] = at(binding, 'subjects') as { kind: string; name: string }[];
      assert.deepEqual(
        groups.map(({ kind, name }) => `${kind} ${name}`).toSorted(),
        [...new Set(sidecarNamespaces)].map((name) => `Group system:serviceaccounts:${name}`).toSorted(),
      );
    }),
  );
});
