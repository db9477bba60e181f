import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { connecting, tlsClient } from '#test/helpers/tls-client.ts';
import { handshake } from '#test/helpers/tls-handshake.ts';

// What it refuses is in client-refusals.test.ts.

const ca = makeCa('mesh ca');
const web = { cn: 'web', dns: ['web.test'] };

describe('a client accepts a server', () => {
  test('that shows a certificate of a trusted CA for the wanted name', async (t) => {
    const { client, server, sni } = await connecting(t, ca.issue(web), [ca.cert]);
    assert.deepEqual({ client, server, sni }, { client: 'ok', server: 'ok', sni: 'web.test' });
  });

  test('linkerd1: trustCerts (deprecated), trustCertsBundle: whose CA is one of several, in one file or many', async (t) => {
    const others = [makeCa('one').cert, makeCa('two').cert];
    assert.equal((await connecting(t, ca.issue(web), [...others, ca.cert])).client, 'ok');
    assert.equal((await connecting(t, ca.issue(web), [others.join('') + ca.cert])).client, 'ok');
  });

  test('that sends the intermediates between', async (t) => {
    const below = ca.intermediate('first').intermediate('second');
    assert.equal((await connecting(t, below.issue(web), [ca.cert])).client, 'ok');
  });

  test('whose CA has expired, or is not valid yet: configured CAs are trusted whatever their dates', async (t) => {
    for (const spec of [{ days: -3000 }, { fromDays: 10 }, { days: -3000, keyType: 'rsa' as const }]) {
      const old = makeCa('old ca', spec);
      assert.equal((await connecting(t, old.issue(web), [old.cert])).client, 'ok', JSON.stringify(spec));
    }
  });

  test('linkerd1: CA anchors accepted although expired, CN fallback: as in Linkerd’s published example: version 1, no SAN, an RSA CA that expired years ago', async (t) => {
    const old = makeCa('My CA', { version: 1, keyType: 'rsa', days: -3650 });
    const leaf = old.issue({ cn: 'linkerd', version: 1, keyType: 'rsa', days: 36_000 });
    const preamble = 'Certificate:\n    Data:\n        Version: 1 (0x0)\n';
    const { client, server } = await connecting(t, leaf, [preamble + old.cert.replaceAll('\n', '\r\n')], 'linkerd');
    assert.deepEqual({ client, server }, { client: 'ok', server: 'ok' });
  });

  test('that sends its expired root along', async (t) => {
    const old = makeCa('old ca', { days: -3000 });
    const leaf = old.issue(web);
    assert.equal((await connecting(t, { ...leaf, chain: leaf.chain + old.cert }, [old.cert])).client, 'ok');
  });

  test('when an intermediate is what is trusted, expired or not, sent or not', async (t) => {
    for (const days of [30, -30]) {
      const between = ca.intermediate('between', { days });
      const leaf = between.issue(web);
      assert.equal((await connecting(t, leaf, [between.cert])).client, 'ok', `sent, ${days} days`);
      assert.equal(
        (await connecting(t, { ...leaf, chain: leaf.cert }, [between.cert])).client,
        'ok',
        `not sent, ${days} days`,
      );
    }
  });

  test('whose own self-signed certificate is trusted', async (t) => {
    const own = makeCa('web.test', { version: 1 });
    assert.equal((await connecting(t, own, [own.cert])).client, 'ok');
  });

  test('by IP address, without SNI', async (t) => {
    const leaf = ca.issue({ cn: 'x', ip: ['127.0.0.1', 'fd00::1:2'] });
    const v4 = await connecting(t, leaf, [ca.cert], '127.0.0.1');
    assert.deepEqual({ client: v4.client, sni: v4.sni }, { client: 'ok', sni: undefined });
    assert.equal((await connecting(t, leaf, [ca.cert], 'fd00:0::1:2')).client, 'ok');
  });

  test('by URI, without SNI', async (t) => {
    const leaf = ca.issue({ cn: 'x', uri: ['spiffe://mesh/ns/a/sa/b'] });
    const { client, sni } = await connecting(t, leaf, [ca.cert], 'spiffe://mesh/ns/a/sa/b');
    assert.deepEqual({ client, sni }, { client: 'ok', sni: undefined });
  });
});

describe('a client', () => {
  test('linkerd1: disableValidation, clientAuth, protocols: with disableValidation takes anyone, and still says whom it wants', async (t) => {
    const leaf = makeCa('nobody').issue({ cn: 'x', days: -1 });
    const tls = tlsClient(t, undefined, { disableValidation: true });
    const end = { options: { key: leaf.key, cert: leaf.chain } };
    const named = await handshake(end, tls.peer('web.test'));
    assert.deepEqual([named.client, named.sni], ['ok', 'web.test']);
    const nameless = await handshake(end, tls.peer(undefined));
    assert.deepEqual([nameless.client, nameless.sni], ['ok', undefined]);
  });

  test('linkerd1: disableValidation, clientAuth, protocols: shows its certificate and intermediates to a server that asks', async (t) => {
    const directory = temporaryDirectory(t);
    const mine = ca.intermediate('i').issue({ cn: 'caller' });
    const [certPath, keyPath, intermediateCertsPath] = ['cert', 'key', 'between'].map((name) => join(directory, name));
    writeFileSync(certPath ?? '', mine.cert);
    writeFileSync(keyPath ?? '', mine.key);
    writeFileSync(intermediateCertsPath ?? '', mine.chain.replace(mine.cert, ''));
    const leaf = ca.issue(web);
    const asking = { key: leaf.key, cert: leaf.chain, ca: ca.cert, requestCert: true, rejectUnauthorized: true };
    const withIt = tlsClient(t, [ca.cert], { clientAuth: { certPath, keyPath, intermediateCertsPath } });
    const shown = await handshake({ options: asking }, withIt.peer('web.test'));
    assert.deepEqual([shown.client, shown.server, shown.caller], ['ok', 'ok', 'caller']);
    const without = await handshake({ options: asking }, tlsClient(t, [ca.cert]).peer('web.test'));
    assert.match(without.client, /^refused/);
  });

  test('offers its ALPN protocols and speaks only its TLS versions', async (t) => {
    const leaf = ca.issue(web);
    const end = { options: { key: leaf.key, cert: leaf.chain, ALPNProtocols: ['h2', 'http/1.1'] } };
    const both = await handshake(end, tlsClient(t, [ca.cert], {}, ['http/1.1', 'h2']).peer('web.test'));
    assert.deepEqual([both.alpn, both.protocol], ['h2', 'TLSv1.3']);
    const old = await handshake(end, tlsClient(t, [ca.cert], { protocols: ['TLSv1.2'] }).peer('web.test'));
    assert.deepEqual([old.client, old.alpn, old.protocol], ['ok', false, 'TLSv1.2']);
  });

  test('takes new trust for new connections, and the old one is trusted no more', async (t) => {
    const directory = temporaryDirectory(t);
    const trustCertsBundle = join(directory, 'bundle.pem');
    const next = makeCa('next ca');
    writeFileSync(trustCertsBundle, ca.cert);
    const tls = tlsClient(t, undefined, { trustCertsBundle });
    const ends = [ca, next]
      .map((signer) => signer.issue(web))
      .map((leaf) => ({ options: { key: leaf.key, cert: leaf.chain } }));
    const outcomes = async (): Promise<boolean[]> => {
      const all: boolean[] = [];
      for (const end of ends) all.push((await handshake(end, tls.peer('web.test'))).client === 'ok');
      return all;
    };
    assert.deepEqual(await outcomes(), [true, false]);
    const before = tls.peer('web.test').connectOptions().secureContext;
    writeFileSync(trustCertsBundle, next.cert);
    while (tls.peer('web.test').connectOptions().secureContext === before) await new Promise((r) => setTimeout(r, 5));
    assert.deepEqual(await outcomes(), [false, true]);
  });

  test('whose files are unusable says which, and connects nowhere', (t) => {
    const tls = tlsClient(t, ['no certificate here']);
    assert.match(tls.problem() ?? '', /trust-0\.pem has no PEM certificate/);
    assert.throws(() => tls.peer('web.test').connectOptions(), /trust-0\.pem has no PEM certificate/);
    assert.equal(tlsClient(t, [ca.cert]).problem(), undefined);
  });
});
