import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type CertificateSpec, makeCa } from '#test/helpers/certs.ts';
import { clientCertHeader } from './client-cert.ts';

const ca = makeCa('ca');

/** The header without its hash, which is another one for every key. */
function said(spec: CertificateSpec): string {
  const certificate = new X509Certificate(ca.issue(spec).cert);
  const text = clientCertHeader(certificate);
  const hash = /^Hash=([0-9A-F]{64});/.exec(text);
  assert.equal(hash?.[1], certificate.fingerprint256.replaceAll(':', ''));
  return text.slice(hash[0].length);
}

test('URIs, DNS names and the subject', () => {
  assert.equal(
    said({ cn: 'caller', dns: ['caller.test'], uri: ['spiffe://test/caller'] }),
    'DNS=caller.test;SAN=spiffe://test/caller;Subject="CN=caller"',
  );
});

test('a certificate without alternative names has its subject', () => {
  assert.equal(said({ cn: 'caller' }), 'Subject="CN=caller"');
});

test('no name passes for more than one element, or for another header', () => {
  assert.equal(said({ cn: 'x', dns: ['a;DNS=admin'] }), 'DNS="a;DNS=admin";Subject="CN=x"');
  assert.equal(said({ cn: 'x', uri: ['spiffe://a/"b,c'] }), 'SAN="spiffe://a/\\"b,c";Subject="CN=x"');
  const subject = said({ cn: 'x";DNS=admin\r\nx-role: admin' });
  assert.doesNotMatch(subject, /[\r\n]/);
  assert.match(subject, /^Subject="(?:[^"\\]|\\.)*"$/);
});

test('names beyond ASCII go out as the bytes of their UTF-8', () => {
  assert.equal(Buffer.from(said({ cn: 'münchen' }), 'latin1').toString('utf8'), 'Subject="CN=münchen"');
});
