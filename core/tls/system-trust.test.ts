import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { systemTrust } from './system-trust.ts';

test('the system trusts many CAs, each once, and reads them once', () => {
  const all = systemTrust();
  assert.ok(all.length > 50);
  assert.equal(new Set(all).size, all.length);
  assert.ok(new X509Certificate(all[0] ?? '').ca);
  assert.equal(systemTrust(), all);
});
