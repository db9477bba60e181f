import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastJsonPatch from 'fast-json-patch';
import { mesh, podOf, scene } from '#test/inject/scene.ts';
import { type Mesh, nodeHostPort, podAddress } from '../mesh.ts';
import type { EnvVar, Pod } from '../pod.ts';
import { alwaysDirect, mergeHosts, proxyEnv, proxyUrl } from './proxy-env.ts';

const url = 'http://127.0.0.1:4140';
const direct = alwaysDirect.join(',');

/** The app's variables after injection, and the codes of the remarks. */
function envOf(env: readonly EnvVar[] | undefined, change: Partial<Mesh> = {}, mode: 'sidecar' | 'node' = 'sidecar') {
  const pod = podOf({ containers: [{ name: 'app', ...(env === undefined ? {} : { env }) }] });
  const { operations, notes, containers } = proxyEnv(scene(pod, { mesh: { ...mesh, ...change } }), mode, []);
  const after = fastJsonPatch.applyPatch(structuredClone(pod), operations as never, true).newDocument as Pod;
  return { env: after.spec?.containers?.[0]?.env, notes: notes.map(({ code }) => code), containers };
}

test('a container without variables gets a list of its own', () => {
  assert.deepEqual(envOf(undefined).env, [
    { name: 'http_proxy', value: url },
    { name: 'no_proxy', value: direct },
  ]);
});

test("ours come first, so that the user's variables may refer to them; the user's keep their order", () => {
  const own = [
    { name: 'B', value: '$(A)' },
    { name: 'A', value: '1' },
  ];
  assert.deepEqual(envOf(own).env, [{ name: 'http_proxy', value: url }, { name: 'no_proxy', value: direct }, ...own]);
});

test('upper-case variables are written on request only', () => {
  assert.deepEqual(
    envOf([], { upperCaseEnv: true }).env?.map((v) => v.name),
    ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'],
  );
});

for (const name of ['http_proxy', 'HTTP_PROXY', 'Http_Proxy']) {
  for (const value of ['http://corp:3128', '']) {
    test(`a user's own ${name}=${JSON.stringify(value)} is kept and nothing is added`, () => {
      const own = [{ name, value }];
      assert.deepEqual(envOf(own, { upperCaseEnv: true }), { env: own, notes: ['own-proxy'], containers: [] });
    });
  }
}

test("a user's proxy from a Secret is kept too", () => {
  const own = [{ name: 'http_proxy', valueFrom: { secretKeyRef: {} } }];
  assert.deepEqual(envOf(own), { env: own, notes: ['own-proxy'], containers: [] });
});

test("a user's no_proxy is completed where it stands", () => {
  const { env } = envOf([
    { name: 'X', value: '1' },
    { name: 'no_proxy', value: 'corp.example,localhost' },
  ]);
  assert.deepEqual(env, [
    { name: 'http_proxy', value: url },
    { name: 'X', value: '1' },
    { name: 'no_proxy', value: `corp.example,localhost,${alwaysDirect.filter((h) => h !== 'localhost').join(',')}` },
  ]);
});

test('a lone NO_PROXY is completed and copied behind itself, where what it refers to is known', () => {
  const { env } = envOf([
    { name: 'X', value: '1' },
    { name: 'NO_PROXY', value: '$(X)' },
    { name: 'Y', value: '2' },
  ]);
  const merged = `$(X),${direct}`;
  assert.deepEqual(env, [
    { name: 'http_proxy', value: url },
    { name: 'X', value: '1' },
    { name: 'NO_PROXY', value: merged },
    { name: 'no_proxy', value: merged },
    { name: 'Y', value: '2' },
  ]);
});

test('both spellings of no_proxy are completed each by itself', () => {
  const { env } = envOf([
    { name: 'no_proxy', value: 'a' },
    { name: 'NO_PROXY', value: 'b' },
  ]);
  assert.deepEqual(env?.slice(1), [
    { name: 'no_proxy', value: `a,${direct}` },
    { name: 'NO_PROXY', value: `b,${direct}` },
  ]);
});

test('a no_proxy that comes from elsewhere is remarked on', () => {
  const own = { name: 'no_proxy', valueFrom: { configMapKeyRef: {} } };
  assert.deepEqual(envOf([own]), {
    env: [{ name: 'http_proxy', value: url }, own],
    notes: ['own-no-proxy'],
    containers: ['app'],
  });
});

test('envFrom is remarked on, unless it is empty', () => {
  const notes = (envFrom: readonly unknown[] | null) =>
    proxyEnv(scene(podOf({ containers: [{ name: 'app', envFrom }] })), 'sidecar', []).notes.map(({ code }) => code);
  assert.deepEqual([notes([{}]), notes([]), notes(null)], [['env-from'], [], []]);
});

test('exceptions: nothing twice, nothing empty, * stays alone', () => {
  assert.equal(mergeHosts('a, b,', ['b', 'c']), 'a,b,c');
  assert.equal(mergeHosts('', ['a']), 'a');
  assert.equal(mergeHosts(' a', ['a']), ' a');
  assert.equal(mergeHosts('*', ['a']), '*');
});

test('exceptions of the mesh are added to those that always hold', () => {
  assert.equal(envOf(undefined, { noProxy: ['.corp'] }).env?.[1]?.value, `${direct},.corp`);
});

test('a host port is reached by the address that the kubelet knows, in brackets where that is IPv6', () => {
  const { env } = envOf(undefined, { nodeHost: nodeHostPort(false) }, 'node');
  assert.deepEqual(env?.slice(0, 2), [
    { name: 'HEDDLE_HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
    { name: 'http_proxy', value: 'http://$(HEDDLE_HOST_IP):4140' },
  ]);
  assert.equal(proxyUrl(nodeHostPort(true), 1), 'http://[$(HEDDLE_HOST_IP)]:1');
  assert.equal(proxyUrl(podAddress(false), 1), 'http://$(HEDDLE_POD_IP):1');
  assert.equal(proxyUrl({ kind: 'literal', host: '::1' }, 1), 'http://[::1]:1');
  assert.equal(proxyUrl({ kind: 'literal', host: 'localhost' }, 1), 'http://localhost:1');
});

test('containers named in skip-containers, and known sidecars, are passed over', () => {
  const pod = podOf({ containers: [{ name: 'app' }, { name: 'db' }, { name: 'daprd' }] });
  assert.deepEqual(proxyEnv(scene(pod), 'sidecar', ['db']).containers, ['app', 'daprd']);
});
