import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Issued, makeCa } from '#test/helpers/certs.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { type NamedCertificate, SniContexts } from './sni.ts';

const ca = makeCa('sni ca');
const shop = ca.issue({ cn: 'shop', dns: ['shop.test', '*.shop.test'] });
const other = ca.issue({ cn: 'other', dns: ['other.test'] });

const named = (
  source: string,
  { chain, key }: Pick<Issued, 'chain' | 'key'>,
  ...hosts: string[]
): NamedCertificate => ({
  source,
  hosts,
  cert: chain,
  key,
});

function contexts() {
  const log = recordingLog();
  const sni = new SniContexts(log);
  const made = new Map<SecureContext, string>();
  const become = (...all: NamedCertificate[]): void =>
    sni.become(all, ({ key, chain, leaf }) => {
      const context = createSecureContext({ key, cert: chain });
      made.set(context, /CN=(.*)/.exec(leaf.subject ?? '')?.[1] ?? '');
      return context;
    });
  const find = (name: string): string | undefined => {
    const context = sni.find(name);
    return context && made.get(context);
  };
  return { become, find, log };
}

test('a certificate is found by its hosts, else by the names in it; a star is one label', () => {
  const { become, find } = contexts();
  become(named('a', shop), named('b', other, 'b.test', '*.c.test'));
  assert.equal(find('shop.test'), 'shop');
  assert.equal(find('X.Shop.Test.'), 'shop');
  assert.equal(find('b.test'), 'other');
  assert.equal(find('x.c.test'), 'other');
  for (const none of ['other.test', 'x.y.shop.test', 'c.test', '.c.test', '', 'test'])
    assert.equal(find(none), undefined);
});

test('a name that two claim is the first one’s, and one that nobody claims any more is nobody’s', () => {
  const { become, find } = contexts();
  become(named('a', shop, 'x.test'), named('b', other, 'x.test'));
  assert.equal(find('x.test'), 'shop');
  become(named('b', other, 'x.test'));
  assert.equal(find('x.test'), 'other');
  become();
  assert.equal(find('x.test'), undefined);
});

test('what cannot be used leaves the last good one of its source, and is told without its text', () => {
  const { become, find, log } = contexts();
  become(named('a', shop, 'x.test'), named('b', { chain: 'nonsense', key: 'nonsense' }, 'y.test'));
  become(named('a', { chain: shop.chain, key: other.key }, 'x.test'));
  assert.equal(find('x.test'), 'shop');
  assert.equal(find('y.test'), undefined);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields),
    [
      { source: 'b', reason: 'b has no PEM private key', kept: false },
      { source: 'a', reason: 'the key in a is not that of the certificate in a', kept: true },
    ],
  );
});
