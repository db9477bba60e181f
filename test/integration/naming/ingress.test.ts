import assert from 'node:assert/strict';
import { get } from 'node:https';
import { type TestContext, test } from 'node:test';
import { type Ca, makeCa } from '#test/helpers/certs.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { pathOf, slice } from '#test/helpers/kube-objects.ts';
import { Linker } from '#test/helpers/linker.ts';
import { answerWith, plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';

const ca = makeCa('ingress ca');
const ingresses = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';

async function start(t: TestContext) {
  const fake = await FakeApiServer.start(t);
  const origin = await ScriptedOrigin.start(answerWith(plain(200, 'hello')));
  t.after(() => origin.close());
  fake.put(pathOf(slice('web', 'web-1', [])), slice('web', 'web-1', [{ ip: '127.0.0.1' }], { http: origin.port }));
  publish(fake, 'web', ca, 'web.test');
  const own = ca.issue({ cn: 'file', dns: ['file.test'] });
  const linker = await Linker.start({
    files: { 'tls/own.pem': own.chain, 'tls/own.key': own.key },
    ports: 2,
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
namers: [ { kind: io.l5d.k8s, host: 127.0.0.1, port: ${fake.port} } ]
routers:
- protocol: http
  identifier: { kind: io.l5d.ingress, host: 127.0.0.1, port: ${fake.port} }
  dtab: /svc => /#/io.l5d.k8s
  servers:
  - { port: ${ports[0]}, tls: { ingressSecrets: true, certPath: ${dir}/tls/own.pem, keyPath: ${dir}/tls/own.key } }
  - { port: ${ports[1]}, tls: { ingressSecrets: true } }
`,
  });
  t.after(() => linker.close());
  return { fake, linker };
}

/** An Ingress of this host with its own certificate. */
function publish(fake: FakeApiServer, name: string, issuer: Ca, host: string): void {
  const { chain, key } = issuer.issue({ cn: host, dns: [host] });
  const b64 = (text: string): string => Buffer.from(text).toString('base64');
  fake.put(`/api/v1/namespaces/default/secrets/${name}-tls`, {
    data: { 'tls.crt': b64(chain), 'tls.key': b64(key) },
  });
  const backend = { service: { name: 'web', port: { name: 'http' } } };
  fake.put(`${ingresses}/${name}`, {
    spec: {
      tls: [{ hosts: [host], secretName: `${name}-tls` }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  });
}

/** `status name-in-the-certificate`, or the code of what went wrong. */
function call(port: number, host: string): Promise<string> {
  const options = { host: '127.0.0.1', port, servername: host, ca: ca.cert, headers: { host }, agent: false };
  return new Promise((resolve) => {
    const request = get({ ...options, checkServerIdentity: () => undefined }, (response) => {
      response.resume().on('end', () => {
        const { subject } = (response.socket as import('node:tls').TLSSocket).getPeerCertificate();
        resolve(`${response.statusCode} ${subject.CN}`);
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test('an Ingress is served with its certificate, and with the file’s where none fits; new ones come without a start', async (t) => {
  const { fake, linker } = await start(t);
  const [both = 0, secrets = 0] = linker.ports;
  const until = (port: number, host: string, expected: string) =>
    eventually(
      async () => ((await call(port, host)) === expected ? true : undefined),
      `${host} is ${expected}; ${linker.output}`,
      15_000,
    );
  await until(both, 'web.test', '200 web.test');
  await until(secrets, 'web.test', '200 web.test');
  assert.equal(await call(both, 'other.test'), '400 file');
  assert.match(await call(secrets, 'other.test'), /^(ECONNRESET|EPROTO|ERR_SSL_)/);

  publish(fake, 'more', ca, 'more.test');
  await until(secrets, 'more.test', '200 more.test');
  publish(fake, 'web', ca, 'renamed.test');
  await until(both, 'renamed.test', '200 renamed.test');
  await until(both, 'web.test', '400 file');
});
