import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { cipherList, unknownCiphers } from './ciphers.ts';

test('IANA and OpenSSL names give one list, in order', () => {
  const names = [
    'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
    'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
    'TLS_RSA_WITH_AES_128_GCM_SHA256',
    'TLS_AES_128_GCM_SHA256',
  ];
  assert.deepEqual(unknownCiphers(names), []);
  const list = cipherList(names);
  assert.equal(
    list,
    'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA:' +
      'ECDHE-RSA-AES256-SHA384:AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256',
  );
  createSecureContext({ ciphers: list });
});

test('names that no build has are told', () => {
  assert.deepEqual(unknownCiphers(['TLS_AES_128_GCM_SHA256', 'TLS_RSA_WITH_RC4_128_MD5', 'HIGH', '!aNULL']), [
    'TLS_RSA_WITH_RC4_128_MD5',
    'HIGH',
    '!aNULL',
  ]);
});
