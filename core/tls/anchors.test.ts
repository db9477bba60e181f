import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type Issued, makeCa } from '#test/helpers/certs.ts';
import { trustAnchor } from './anchors.ts';

const anchors = ({ cert }: Issued): X509Certificate[] =>
  trustAnchor(new X509Certificate(cert)).map((pem) => new X509Certificate(pem));
const root = makeCa('root', { days: -100 });

// Which chains OpenSSL accepts with them is tested with real handshakes, in client.test.ts and server.test.ts.

test('a self-issued CA goes in as it is and timeless, with the same name and key', () => {
  for (const ca of [root, makeCa('one', { version: 1 }), makeCa('rsa', { keyType: 'rsa' })]) {
    const [own, timeless] = anchors(ca);
    const original = new X509Certificate(ca.cert);
    assert.ok(own && timeless);
    assert.deepEqual(own.raw, original.raw);
    assert.equal(timeless.subject, original.subject);
    assert.equal(timeless.issuer, original.subject);
    assert.equal(timeless.ca, own.ca);
    assert.ok(timeless.publicKey.equals(original.publicKey));
    assert.deepEqual([timeless.validFromDate.getUTCFullYear(), timeless.validToDate.getUTCFullYear()], [1950, 9999]);
  }
});

test('an intermediate goes in as its own issuer, without the mark of its real one', () => {
  const between = root.intermediate('between', { pathLength: 0 });
  const [timeless, ...more] = anchors(between);
  assert.deepEqual(more, []);
  assert.deepEqual([timeless?.issuer, timeless?.subject, timeless?.ca], ['CN=between', 'CN=between', true]);
  const mark = Buffer.from('0603551d23', 'hex');
  assert.equal(new X509Certificate(between.cert).raw.includes(mark), true);
  assert.equal(timeless?.raw.includes(mark), false);
});

test('a leaf stays a leaf; a version 1 leaf, which could not say so, is no anchor', () => {
  assert.deepEqual(
    anchors(root.issue({ cn: 'x' })).map((c) => c.ca),
    [false],
  );
  const v1 = root.issue({ cn: 'x', version: 1 });
  assert.deepEqual(
    anchors(v1).map((c) => c.raw),
    [new X509Certificate(v1.cert).raw],
  );
});
