import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientTlsSchema, serverTlsSchema } from './config.ts';

const own = { certPath: '/cert.pem', keyPath: '/key.pem' };

test('a server needs a certificate and a key, and asks nobody for one unless told to', () => {
  assert.deepEqual(serverTlsSchema.parse(own), { ...own, requireClientAuth: false });
  for (const bad of [
    {},
    { certPath: '/cert.pem' },
    { ...own, keyPath: '' },
    { ...own, caCert: '/ca.pem' },
    { ...own, requireClientAuth: 'yes' },
    { ...own, protocols: [] },
    { ...own, protocols: ['SSLv3'] },
  ]) {
    assert.equal(serverTlsSchema.safeParse(bad).success, false, JSON.stringify(bad));
  }
});

test('an unknown cipher suite is told by name', () => {
  const { error } = serverTlsSchema.safeParse({ ...own, ciphers: ['TLS_AES_128_GCM_SHA256', 'nope'] });
  assert.match(error?.message ?? '', /unknown cipher suite 'nope'/);
});

test('a client validates unless told not to', () => {
  const defaults = { enabled: true, disableValidation: false };
  assert.deepEqual(clientTlsSchema.parse({}), defaults);
  assert.deepEqual(clientTlsSchema.parse({ commonName: 'linkerd', trustCerts: ['/ca.pem'] }), {
    ...defaults,
    commonName: 'linkerd',
    trustCerts: ['/ca.pem'],
  });
  for (const bad of [
    { commonName: '' },
    { trustCerts: [] },
    { trustCerts: '/ca.pem' },
    { trustCertsBundle: ['/ca.pem'] },
    { clientAuth: { certPath: '/cert.pem' } },
    { strict: true },
  ]) {
    assert.equal(clientTlsSchema.safeParse(bad).success, false, JSON.stringify(bad));
  }
});
