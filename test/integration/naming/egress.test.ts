import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { Linker } from '#test/helpers/linker.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { answerWith, plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';

const ca = makeCa('outside');

/** An origin that speaks TLS alone, with a certificate for `localhost`, and says what it was asked. */
async function secureOrigin(t: TestContext): Promise<number> {
  const { chain, key } = ca.issue({ cn: 'localhost', dns: ['localhost'] });
  const server = createServer({ cert: chain, key }, (request, response) => {
    const { servername } = request.socket as import('node:tls').TLSSocket;
    response.end(`${servername} ${request.headers.host} ${request.url}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** `linkerd-egress.yml` of Linkerd's examples with another port for 443 and a CA of our own. */
function startEgress(t: TestContext, api: number, secure: number, plainPort: number) {
  const started = Linker.start({
    files: { 'tls/ca.pem': ca.cert },
    config: ({ dir, ports, admin }) => `
admin: { port: ${admin} }
namers: [ { kind: io.l5d.k8s, host: 127.0.0.1, port: ${api} } ]
routers:
- protocol: http
  label: outgoing
  dtab: |
    /ph        => /$/io.buoyant.rinet ;                # /ph/80/google.com -> /$/io.buoyant.rinet/80/google.com
    /svc       => /ph/${plainPort} ;                   # /svc/google.com   -> /ph/80/google.com
    /svc       => /$/io.buoyant.porthostPfx/ph ;       # /svc/google.com:80 -> /ph/80/google.com
    /k8s       => /#/io.l5d.k8s/default ;
    /portNsSvc => /k8s ;
    /host      => /portNsSvc/http ;
    /svc       => /$/io.buoyant.http.domainToPathPfx/host ;
  client:
    kind: io.l5d.static
    configs:
    - prefix: /$/io.buoyant.rinet/${secure}/{service}
      tls: { commonName: "{service}", trustCerts: [ ${dir}/tls/ca.pem ] }
  servers: [ { port: ${ports[0]} } ]
`,
  });
  t.after(async () => (await started).close());
  return started;
}

test('names outside the cluster are found by DNS, and TLS begins here where the port says so', async (t) => {
  const fake = await FakeApiServer.start(t);
  const secure = await secureOrigin(t);
  const origin = await ScriptedOrigin.start(answerWith(plain(200, 'plain')));
  t.after(() => origin.close());
  const linker = await startEgress(t, fake.port, secure, origin.port);
  const get = async (host: string): Promise<string> => {
    const { status, body } = await exchange(linker.port, `GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return `${status} ${body.toString().split('\n')[0]}`;
  };
  assert.equal(await get(`localhost:${secure}`), `200 localhost localhost:${secure} /a`);
  assert.equal(await get('localhost'), '200 plain');
  assert.equal(await get(`localhost:${origin.port}`), '200 plain');
  // It answers there too, but cannot prove that it is 127.0.0.1.
  assert.match(await get(`127.0.0.1:${secure}`), /^502 /);
});
