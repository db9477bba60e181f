import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { findApi } from './config.ts';
import { kubeconfigTarget } from './kubeconfig.ts';

const plain = { secure: false, host: 'localhost', port: 8001, basePath: '', headers: {}, tls: {} };
const pod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('linkerd1: kubectl proxy sidecar: a configured host or port is a kubectl proxy in plain HTTP, whatever else is there', (t) => {
  const env = { ...pod, KUBECONFIG: join(temporaryDirectory(t), 'config') };
  assert.deepEqual(findApi({ host: '10.0.0.1', port: 9001 }, env), { ...plain, host: '10.0.0.1', port: 9001 });
  assert.deepEqual(findApi({ host: '10.0.0.1' }, env), { ...plain, host: '10.0.0.1' });
  assert.deepEqual(findApi({ port: 9001 }, env), { ...plain, port: 9001 });
});

test('without anything it is where Linkerd looks: localhost:8001', () => {
  assert.deepEqual(findApi({}, {}), plain);
  assert.deepEqual(findApi({}, { KUBECONFIG: '' }), plain);
});

test('in a pod the service account is used, and its files are read anew each time', (t) => {
  const folder = temporaryDirectory(t);
  writeFileSync(join(folder, 'ca.crt'), 'the CA');
  writeFileSync(join(folder, 'token'), 'first\n');
  const target = findApi({}, pod, folder);
  assert.deepEqual(target, {
    secure: true,
    host: '10.96.0.1',
    port: 443,
    basePath: '',
    headers: { authorization: 'Bearer first' },
    tls: { ca: 'the CA' },
  });
  writeFileSync(join(folder, 'token'), 'second\n');
  assert.deepEqual(findApi({}, pod, folder).headers, { authorization: 'Bearer second' });
});

test('a pod without a mounted token is no different from another place', (t) => {
  const folder = temporaryDirectory(t);
  assert.deepEqual(findApi({}, pod, folder), plain);
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(config({ server: 'http://api:80' }, {})));
  assert.equal(findApi({}, { ...pod, KUBECONFIG: kubeconfig }, folder).host, 'api');
});

const config = (cluster: object, user: object): object => ({
  'current-context': 'here',
  contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster }],
  users: [{ name: 'u', user }],
});

test('a kubeconfig in YAML, with data inline', (t) => {
  const file = join(temporaryDirectory(t), 'config');
  writeFileSync(
    file,
    `apiVersion: v1
kind: Config
current-context: two
contexts:
- {name: one, context: {cluster: other, user: other}}
- {name: two, context: {cluster: mine, user: me}}
clusters:
- {name: other, cluster: {server: "https://other"}}
- name: mine
  cluster:
    server: https://api.example.org:6443/prefix/
    certificate-authority-data: ${base64('the CA')}
    tls-server-name: kubernetes
users:
- {name: me, user: {client-certificate-data: ${base64('the cert')}, client-key-data: ${base64('the key')}}}
`,
  );
  assert.deepEqual(kubeconfigTarget([file]), {
    secure: true,
    host: 'api.example.org',
    port: 6443,
    basePath: '/prefix',
    headers: {},
    tls: { ca: 'the CA', cert: 'the cert', key: 'the key', servername: 'kubernetes' },
  });
});

test('files a kubeconfig names are found from where it stands', (t) => {
  const folder = temporaryDirectory(t);
  mkdirSync(join(folder, 'pki'));
  for (const name of ['ca', 'cert', 'key', 'token']) writeFileSync(join(folder, 'pki', name), `the ${name}`);
  const file = join(folder, 'config');
  const cluster = { server: 'https://[::1]', 'certificate-authority': 'pki/ca' };
  const user = { 'client-certificate': 'pki/cert', 'client-key': join(folder, 'pki/key'), tokenFile: 'pki/token' };
  writeFileSync(file, JSON.stringify(config(cluster, user)));
  const target = kubeconfigTarget([file]);
  assert.deepEqual(target.tls, { ca: 'the ca', cert: 'the cert', key: 'the key' });
  assert.deepEqual(target.headers, { authorization: 'Bearer the token' });
  assert.equal(target.host, '::1');
  assert.equal(target.port, 443);
});

test('passwords, unchecked servers and plain HTTP are taken as they are written', (t) => {
  const file = join(temporaryDirectory(t), 'config');
  const user = { username: 'me', password: 'it' };
  writeFileSync(file, JSON.stringify(config({ server: 'https://api', 'insecure-skip-tls-verify': true }, user)));
  const target = kubeconfigTarget([file]);
  assert.deepEqual(target.headers, { authorization: `Basic ${base64('me:it')}` });
  assert.deepEqual(target.tls, { rejectUnauthorized: false });
  writeFileSync(file, JSON.stringify(config({ server: 'http://api', 'certificate-authority-data': base64('x') }, {})));
  assert.deepEqual(kubeconfigTarget([file]), { ...plain, host: 'api', port: 80 });
});

test('of several kubeconfigs the first that has something wins, and missing ones do not matter', (t) => {
  const folder = temporaryDirectory(t);
  const files = ['none', 'a', 'b'].map((name) => join(folder, name));
  writeFileSync(
    join(folder, 'a'),
    JSON.stringify({ 'current-context': 'here', users: [{ name: 'u', user: { token: 'a' } }] }),
  );
  writeFileSync(join(folder, 'b'), JSON.stringify(config({ server: 'https://b' }, { token: 'b' })));
  const target = findApi({}, { KUBECONFIG: files.join(':') });
  assert.equal(target.host, 'b');
  assert.deepEqual(target.headers, { authorization: 'Bearer a' });
});

for (const [what, written, complaint] of [
  ['no context', {}, /no current-context$/],
  ['a context that is not there', { 'current-context': 'x' }, /no context 'x'$/],
  ['no server', config({}, {}), /no server for cluster 'c'$/],
  ['a plug-in for credentials', config({ server: 'https://api' }, { exec: {} }), /user 'u' needs a plug-in/],
] as const) {
  test(`a kubeconfig with ${what} is refused`, (t) => {
    const file = join(temporaryDirectory(t), 'config');
    writeFileSync(file, JSON.stringify(written));
    assert.throws(() => kubeconfigTarget([file]), complaint);
  });
}

test('a kubeconfig that is nowhere is refused', (t) => {
  const file = join(temporaryDirectory(t), 'config');
  assert.throws(() => kubeconfigTarget([file]), { message: `kubeconfig ${file}: no such file` });
});
