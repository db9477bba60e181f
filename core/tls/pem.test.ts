import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { certificatePem, readCertificates, readPrivateKey } from './pem.ts';

const ca = makeCa('ca');
const leaf = ca.issue({ cn: 'web' });
const rsa = ca.issue({ cn: 'rsa', keyType: 'rsa' });

describe('certificates', () => {
  test('are read in order, whatever stands around them', () => {
    for (const text of [
      leaf.cert + ca.cert,
      `Certificate:\n    Data: x -----\n${leaf.cert}# and its issuer\n${ca.cert}`,
      (leaf.cert + ca.cert).replaceAll('\n', '\r\n'),
      `${leaf.cert.trimEnd()} ${ca.cert.trimEnd()}`,
      leaf.key + leaf.cert.replaceAll(' CERT', ' X509 CERT') + ca.cert,
    ]) {
      assert.deepEqual(
        readCertificates(text, 'f').map((c) => c.subject),
        ['CN=web', 'CN=ca'],
      );
    }
  });

  test('come back as the same PEM', () => {
    assert.equal(certificatePem(readCertificates(leaf.cert, 'f')[0]?.raw ?? Buffer.of()), leaf.cert);
  });

  test('that are none, or broken, are told with their place', () => {
    assert.throws(() => readCertificates('', 'a/b.pem'), /^Error: a\/b\.pem has no PEM certificate$/);
    assert.throws(() => readCertificates(leaf.key, 'f'), /no PEM certificate/);
    assert.throws(() => readCertificates(leaf.cert.slice(0, -30), 'f'), /no PEM certificate/);
    const broken = ca.cert.replace(/\n.{64}\n/, '\n');
    assert.throws(() => readCertificates(leaf.cert + broken, 'f'), /^Error: f: certificate 2 cannot be decoded$/);
  });
});

describe('a private key', () => {
  const forms: readonly [name: string, pem: string][] = [
    ['PKCS#8', leaf.key],
    ['PKCS#8 with CRLF', leaf.key.replaceAll('\n', '\r\n')],
    ['PKCS#8 below other text', `Bag Attributes\n  x: y\n${leaf.key}`],
    ['SEC 1', String(createPrivateKey(leaf.key).export({ type: 'sec1', format: 'pem' }))],
    [
      'SEC 1 below its parameters',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${leaf.key}`,
    ],
    ['PKCS#1', String(createPrivateKey(rsa.key).export({ type: 'pkcs1', format: 'pem' }))],
    ['in a file with its certificate', leaf.cert + leaf.key],
  ];
  for (const [name, pem] of forms) {
    test(`is read: ${name}`, () => assert.equal(readPrivateKey(pem, 'f').type, 'private'));
  }

  test('that is none, encrypted or broken is told without a byte of it', () => {
    const encrypted = createPrivateKey(leaf.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const cases: readonly [text: string, message: string][] = [
      [leaf.cert, 'f has no PEM private key'],
      [String(encrypted), 'f: the private key is encrypted'],
      [leaf.key.replace(/\n.{64}\n/, '\n'), 'f: the private key cannot be decoded'],
      [leaf.key.slice(0, 100), 'f has no PEM private key'],
    ];
    for (const [text, message] of cases) assert.throws(() => readPrivateKey(text, 'f'), new Error(message));
  });
});
