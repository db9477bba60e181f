import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { certificateEndsMs, type Material, refreshed } from './certificate.ts';

const now = Date.UTC(2030, 0, 1);
const day = 24 * 3_600_000;
const names = ['heddle-injector.heddle.svc', '127.0.0.1'];

const first = await refreshed(undefined, names, now);

test('the first certificate has its names, a random serial, and a CA that may sign no other', () => {
  const [ca, cert] = [new X509Certificate(first.ca), new X509Certificate(first.cert)];
  assert.ok(ca.ca && !cert.ca && cert.verify(ca.publicKey) && cert.checkIssued(ca));
  assert.equal(cert.checkHost('heddle-injector.heddle.svc'), 'heddle-injector.heddle.svc');
  assert.equal(cert.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(cert.checkHost('heddle-injector.other.svc'), undefined);
  assert.match(cert.serialNumber, /^[4-7][0-9A-F]{31}$/);
  assert.notEqual(cert.serialNumber, ca.serialNumber);
  assert.deepEqual(cert.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(cert.validFromDate.getTime(), now - 5 * 60_000);
  assert.equal(certificateEndsMs(first.cert), now + 30 * day);
});

test('a TLS client that trusts the CA takes it', async () => {
  const fresh = await refreshed(undefined, names, Date.now());
  const server = createServer({ cert: fresh.cert, key: fresh.key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', ca: fresh.ca, servername: 'heddle-injector.heddle.svc' });
  await once(client, 'secureConnect');
  assert.ok(client.authorized);
  client.destroy();
  server.close();
});

test('what is good stays the same object', async () => {
  assert.equal(await refreshed(first, names, now + 19 * day), first);
});

test('after two thirds of its life the certificate is renewed by the same CA', async () => {
  const next = await refreshed(first, names, now + 21 * day);
  assert.equal(next.ca, first.ca);
  assert.notEqual(next.cert, first.cert);
  assert.ok(new X509Certificate(next.cert).verify(new X509Certificate(first.ca).publicKey));
});

test('a name that is missing makes a new certificate', async () => {
  const next = await refreshed(first, [...names, 'localhost'], now);
  assert.equal(next.ca, first.ca);
  assert.equal(new X509Certificate(next.cert).checkHost('localhost'), 'localhost');
});

test('a CA near its end is replaced, and stays in the bundle until it ends', async () => {
  const late = await refreshed(first, names, now + 3640 * day);
  const bundle = late.ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  assert.equal(bundle.length, 2);
  assert.equal(new X509Certificate(bundle[1] ?? '').fingerprint256, new X509Certificate(first.ca).fingerprint256);
  assert.ok(new X509Certificate(late.cert).verify(new X509Certificate(late.ca).publicKey));
  const afterwards = await refreshed(first, names, now + 3651 * day);
  assert.equal(afterwards.ca.match(/BEGIN/g)?.length, 1);
});

for (const [what, broken] of [
  ['no certificate', { ...first, cert: 'x' }],
  ['no CA', { ...first, ca: '' }],
  ['a CA that did not sign', { ...first, ca: (await refreshed(undefined, names, now)).ca }],
  ['no key of the CA', { ...first, caKey: 'x' }],
  ['no key', { ...first, key: '' }],
  ["a key that is not the certificate's", { ...first, key: first.caKey }],
] as readonly (readonly [string, Material])[]) {
  test(`a Secret with ${what} is made anew`, async () => {
    const next = await refreshed(broken, names, now);
    assert.ok(new X509Certificate(next.cert).verify(new X509Certificate(next.ca).publicKey));
    assert.ok(next.key !== broken.key);
  });
}
