import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import type { TlsProtocol } from './config.ts';
import { contextOptions } from './contexts.ts';
import { systemTrust } from './system-trust.ts';

const nobody = { own: undefined, trust: [] };

test('protocols become the oldest, the newest, and what is left out between', () => {
  const spoken = (protocols?: readonly TlsProtocol[]): unknown => {
    const { minVersion, maxVersion, secureOptions } = contextOptions(nobody, { protocols });
    return [minVersion, maxVersion, secureOptions];
  };
  assert.deepEqual(spoken(), ['TLSv1.2', 'TLSv1.3', 0]);
  assert.deepEqual(spoken(['TLSv1.2']), ['TLSv1.2', 'TLSv1.2', 0]);
  assert.deepEqual(spoken(['TLSv1.3', 'TLSv1.2', 'TLSv1.1']), ['TLSv1.1', 'TLSv1.3', 0]);
  assert.deepEqual(spoken(['TLSv1.3', 'TLSv1.1']), ['TLSv1.1', 'TLSv1.3', constants.SSL_OP_NO_TLSv1_2]);
});

test('configured trust is all the trust there is, even if it is none', () => {
  assert.deepEqual(contextOptions(nobody, {}).ca, []);
  assert.deepEqual(contextOptions({ own: undefined, trust: ['pem'] }, {}).ca, ['pem']);
});

test('without configured trust the system’s CAs count', () => {
  const options = contextOptions({ own: undefined, trust: undefined }, {});
  assert.deepEqual(options.ca, systemTrust());
  createSecureContext(options);
});
