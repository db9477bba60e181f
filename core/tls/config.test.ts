import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientTlsSchema, routerTlsSchema, serverTlsSchema } from './config.ts';

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

test('a router’s server may have its certificates from Ingresses alone, but never half of a pair', () => {
  const complaints = (config: object) =>
    routerTlsSchema.safeParse(config).error?.issues.map((i) => `${i.path.join('.')}: ${i.message}`) ?? [];
  assert.deepEqual(complaints(own), []);
  assert.deepEqual(complaints({ ...own, ingressSecrets: true }), []);
  assert.deepEqual(complaints({ ingressSecrets: true }), []);
  assert.deepEqual(complaints({}), ['certPath: is required: a text', 'keyPath: is required: a text']);
  assert.deepEqual(complaints({ keyPath: '/k', ingressSecrets: true }), ['certPath: is required: a text']);
  assert.deepEqual(complaints({ certPath: '/c', ingressSecrets: true }), ['keyPath: is required: a text']);
});
