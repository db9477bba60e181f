import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { checkLinker } from './check.ts';
import { loadLinkerConfig } from './config.ts';

function problems(text: string, env: Record<string, string> = {}): readonly string[] {
  return checkLinker(loadLinkerConfig(text, 'f'), env).map(({ line, key, text }) => `${line} ${key}: ${text}`);
}

const ca = makeCa('a ca');
const [one, two] = [ca.issue({ cn: 'one' }), ca.issue({ cn: 'two' })];

test('TLS files that cannot be used are told with the section that names them', (t) => {
  const dir = temporaryDirectory(t);
  for (const [name, text] of Object.entries({ key: one.key, cert: one.chain, other: two.chain, ca: ca.cert }))
    writeFileSync(join(dir, name), text);
  const own = (cert: string): string => `{ keyPath: ${dir}/key, certPath: ${dir}/${cert} }`;
  const text = (cert: string, trust: string): string => `admin: { tls: ${own(cert)} }
routers:
- protocol: http
  servers:
  - { port: 1, tls: ${own('cert')} }
  - { port: 2, tls: ${own(cert)} }
  client:
    kind: io.l5d.static
    configs:
    - { prefix: /a, tls: { commonName: a, trustCertsBundle: ${dir}/${trust} } }
    - { prefix: /b, tls: { disableValidation: true } }
- { protocol: h2, servers: [ {} ], client: { tls: { commonName: b, clientAuth: ${own(cert)} } } }
`;
  assert.deepEqual(problems(text('cert', 'ca')), []);
  const mismatch = `the key in ${dir}/key is not that of the certificate in ${dir}/other`;
  assert.deepEqual(problems(text('other', 'missing')), [
    `1 admin.tls: ${mismatch}`,
    `6 routers[0].servers[1].tls: ${mismatch}`,
    `10 routers[0].client.configs[0].tls: cannot read ${dir}/missing: ENOENT`,
    `12 routers[1].client.tls: ${mismatch}`,
  ]);
});

test('what the environment lacks is told, in the words of Linkerd', () => {
  const text = (more: string): string => `namers: [ { kind: io.l5d.k8s.ns } ]
routers: [ { protocol: http, servers: [ {} ], interpreter: { kind: default, transformers: [ ${more} ] } } ]`;
  const local = '{ kind: io.l5d.k8s.localnode }';
  assert.deepEqual(problems(text(local)), [
    '1 namers[0]: could not find namespace for envVar: POD_NAMESPACE is not set',
    "2 routers[0].interpreter.transformers[0]: POD_IP env variable must be set to the pod's IP",
  ]);
  const node = '{ kind: io.l5d.k8s.localnode, hostNetwork: true }';
  assert.deepEqual(problems(text(node), { POD_NAMESPACE: 'a' }), [
    "2 routers[0].interpreter.transformers[0]: NODE_NAME env variable must be set to the node's name",
  ]);
  assert.deepEqual(problems(text(local), { POD_NAMESPACE: 'a', POD_IP: '10.0.0.1' }), []);
});

test('no port is opened and nobody is asked: a port that is taken is fine, and an API is not called', async (t) => {
  const api = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => api.once('listening', listening));
  t.after(() => api.close());
  let calls = 0;
  api.on('connection', () => {
    calls += 1;
  });
  const { port } = api.address() as { port: number };
  const at = `host: 127.0.0.1, port: ${port}`;
  const text = `admin: { port: ${port} }
namers: [ { kind: io.l5d.k8s, ${at} }, { kind: io.l5d.consul, ${at} }, { kind: io.l5d.marathon, experimental: true, ${at} } ]
telemetry: [ { kind: io.l5d.statsd, experimental: true }, { kind: io.l5d.recentRequests, sampleRate: 1 } ]
routers:
- protocol: http
  servers: [ { port: ${port}, ip: 127.0.0.1 } ]
  identifier: { kind: io.l5d.ingress, ${at} }
  interpreter: { kind: io.l5d.k8s.configMap, experimental: true, ${at}, name: a, filename: b }
`;
  assert.deepEqual(problems(text), []);
  await new Promise((later) => setTimeout(later, 100));
  assert.equal(calls, 0);
});
