import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { type CertificateSpec, makeCa } from '#test/helpers/certs.ts';
import { alternativeNames, peerName, proves, describe as said } from './names.ts';

const ca = makeCa('ca');
const certificate = (spec: CertificateSpec): X509Certificate => new X509Certificate(ca.issue(spec).cert);

function proven(spec: CertificateSpec, names: readonly string[]): string[] {
  const made = certificate(spec);
  return names.filter((name) => {
    const wanted = peerName(name);
    return wanted !== undefined && proves(made, wanted);
  });
}

describe('a certificate proves', () => {
  test('each of its DNS names, in any case, with or without the last dot', () => {
    const names = ['web.test', 'WEB.Test', 'alt.test', 'alt.test.', 'x', 'web', 'a.web.test', 'test'];
    assert.deepEqual(proven({ cn: 'x', dns: ['web.test', 'Alt.test'] }, names), names.slice(0, 4));
  });

  test('one label for a wildcard, and only a whole leftmost one', () => {
    const names = [
      'a.wild.test',
      'wild.test',
      'a.b.wild.test',
      '*.wild.test',
      '.wild.test',
      'ab.part.test',
      'x.y.test',
    ];
    assert.deepEqual(proven({ cn: 'x', dns: ['*.wild.test', 'a*.part.test', 'x.*.test'] }, names), ['a.wild.test']);
  });

  test('its CN only if it has no other name of any kind', () => {
    assert.deepEqual(proven({ cn: 'linkerd' }, ['linkerd', 'LINKERD', 'other']), ['linkerd', 'LINKERD']);
    assert.deepEqual(proven({ cn: 'linkerd', version: 1 }, ['linkerd']), ['linkerd']);
    assert.deepEqual(proven({ cn: 'linkerd', dns: ['web'] }, ['linkerd', 'web']), ['web']);
    assert.deepEqual(proven({ cn: 'linkerd', uri: ['spiffe://a/b'] }, ['linkerd']), []);
    assert.deepEqual(proven({ cn: 'linkerd', ip: ['127.0.0.1'] }, ['linkerd']), []);
  });

  test('its IP addresses however they are written, never a CN or DNS name that looks like one', () => {
    const spec = { cn: '10.0.0.2', dns: ['10.0.0.3'], ip: ['10.0.0.1', 'fd00::1:2'] };
    assert.deepEqual(proven(spec, ['10.0.0.1', 'fd00::1:2', 'FD00:0:0::1:2', '10.0.0.2', '10.0.0.3', 'fd00::1:3']), [
      '10.0.0.1',
      'fd00::1:2',
      'FD00:0:0::1:2',
    ]);
    assert.deepEqual(proven({ cn: '10.0.0.2' }, ['10.0.0.2']), []);
  });

  test('its URI, to the letter, if it has only one', () => {
    const uri = 'spiffe://mesh/ns/a/sa/b';
    const near = [`${uri}/`, `${uri}2`, 'spiffe://mesh/ns/a/sa', 'spiffe://Mesh/ns/a/sa/b', 'https://mesh/ns/a/sa/b'];
    assert.deepEqual(proven({ cn: uri, uri: [uri] }, [uri, ...near]), [uri]);
    assert.deepEqual(proven({ cn: 'x', uri: [uri, 'spiffe://mesh/other'] }, [uri]), []);
    assert.deepEqual(proven({ cn: uri }, [uri]), []);
  });

  test('no name hidden inside another', () => {
    const spec = {
      cn: 'x',
      uri: ['spiffe://evil/a, URI:spiffe://mesh/good'],
      dns: ['a, DNS:web.test', 'b", DNS:c.test'],
    };
    assert.deepEqual(proven(spec, ['spiffe://mesh/good', 'web.test', 'c.test']), []);
    assert.deepEqual(alternativeNames(certificate(spec)), [
      'DNS:a, DNS:web.test',
      'DNS:b", DNS:c.test',
      'URI:spiffe://evil/a, URI:spiffe://mesh/good',
    ]);
  });
});

test('what no certificate can prove is no name', () => {
  const long = 'a'.repeat(64);
  for (const text of [
    '',
    '.',
    '.test',
    'a..b',
    '*.test',
    'a b',
    'a/b',
    'a:80',
    long,
    `${'a.'.repeat(127)}a`,
    'spiffe://',
    'a\0b',
    'é',
  ]) {
    assert.equal(peerName(text), undefined, JSON.stringify(text));
  }
  assert.deepEqual(
    ['web', '_x-y.z.', '::1', 'spiffe://a/b'].map((text) => peerName(text)?.kind),
    ['dns', 'dns', 'ip', 'uri'],
  );
});

test('a message says what a certificate calls itself', () => {
  assert.equal(said(certificate({ cn: 'x', dns: ['a.test'], ip: ['10.0.0.1'] })), 'DNS:a.test, IP Address:10.0.0.1');
  assert.equal(said(certificate({ cn: 'linkerd' })), 'CN=linkerd');
});
