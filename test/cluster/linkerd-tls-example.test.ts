import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { after, before, type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { type CertificateSpec, type Issued, makeCa } from '#test/helpers/certs.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { eventually } from '#test/helpers/within.ts';
import { ask } from './hello-world.ts';
import { LinkerdCluster } from './linkerd-cluster.ts';
import { Node } from './linkerd-node.ts';
import { onLoopback } from './loopback-api.ts';
import { tlsRecords, WireTap } from './wire-tap.ts';

/**
 * linkerd-tls.yml as it is, with certificates like those of the example's certificates.yml: X.509 v1, so without any
 * alternative name; the CA's expired long ago; a text before the certificate, line ends of Windows in the key.
 */

const old = { version: 1, keyType: 'rsa' } as const;
const ca = makeCa('My CA', { ...old, days: -3000 });
const linkerd: CertificateSpec = { cn: 'linkerd', days: 36_000, ...old };

function secret({ cert, key }: Issued): Record<string, string> {
  const preamble =
    'Certificate:\n    Data:\n        Version: 1 (0x0)\n        Issuer: C=US, CN=My CA\n        Subject: CN=linkerd, C=US\n';
  return {
    'certificate.pem': preamble + cert,
    'key.pk8': key.replaceAll('\n', '\r\n'),
    'cacertificate.pem': ca.cert,
  };
}

let cluster: LinkerdCluster;
let linkers: readonly Linker[] = [];
let tap: WireTap;

before(async () => {
  cluster = await LinkerdCluster.start('discovery.k8s.io/endpointslices');
  const certificates = secret(ca.issue(linkerd));
  linkers = await Promise.all(
    [cluster.east, cluster.west].map((node) => node.startLinker('linkerd-tls', cluster.forLinkers, { certificates })),
  );
  // Calls to west's linker pass another address of its node.
  tap = await WireTap.start(onLoopback(cluster.west.ip(3)), onLoopback(cluster.west.linkerIp), 4141);
  await cluster.serve('l5d', { ip: cluster.east.linkerIp }, { ip: cluster.west.ip(3) });
});
after(async () => {
  tap?.close();
  await Promise.all(linkers.map((linker) => linker.close()));
  await cluster?.stop();
});

test('calls between linkers are TLS from the first byte to the last', async () => {
  const { hello, world, west } = cluster;
  const answer = await ask(west.httpProxy, 'http://hello');
  assert.deepEqual([answer.status, answer.body], [200, `Hello (${hello.ip}) world (${world.ip})!!`]);
  assert.equal(world.seen[0]?.via, '1.1 linkerd, 1.1 linkerd');

  assert.ok(tap.streams.length >= 2);
  for (const stream of tap.streams) {
    const bytes = Buffer.concat(stream);
    assert.ok(tlsRecords(bytes).includes(23), 'application data has passed');
    assert.ok(!bytes.includes('world'));
  }
  const [, atWest] = linkers;
  const metrics = await atWest?.metrics();
  assert.equal(metrics?.[`rt/incoming/server/${atWest?.host}/4141/success`], 1);
});

test('a linker shows its certificate to whoever comes, and talks to nobody without TLS', async () => {
  const at = { host: onLoopback(cluster.west.linkerIp), port: 4141 };
  const socket = connect({ ...at, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  assert.equal(socket.getPeerX509Certificate()?.subject, 'CN=linkerd');
  socket.destroy();
  await assert.rejects(fetch(`http://${at.host}:${at.port}/`, { headers: { host: 'world' } }));
});

test('whoever answers as a linker with another certificate is told nothing', async (t) => {
  for (const certificate of [makeCa('My CA', old).issue(linkerd), ca.issue({ ...linkerd, cn: 'someone' })]) {
    const { at, told } = await impostor(t, certificate);
    const { status, body } = await eventually(async () => {
      const answer = await ask(cluster.east.httpProxy, 'http://world-v2');
      return answer.body.includes(at) ? answer : undefined;
    }, 'it is asked');
    assert.equal(status, 502);
    assert.match(body, /^Unable to establish connection to /);
    assert.deepEqual(told, []);
  }
});

/** Puts the only pod of `world-v2` on a node whose linker is not one of ours. Gives where that is and what it is told. */
async function impostor(
  t: TestContext,
  certificate: Issued,
): Promise<{ readonly at: string; readonly told: string[] }> {
  const { east, west } = cluster;
  const node = new Node('north');
  const host = onLoopback(node.linkerIp);
  const told: string[] = [];
  const server = createServer(certificate, (request, response) => {
    told.push(`${request.headers.host} ${request.url}`);
    response.end();
  });
  server.listen(4141, host);
  await once(server, 'listening');
  t.after(() => server.close());
  await cluster.serve('l5d', { ip: east.linkerIp }, { ip: west.ip(3) }, { ip: node.linkerIp });
  await cluster.serve('world-v2', { ip: node.ip(10) });
  return { at: `${host}:4141`, told };
}
