import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { forgeWith, type Issued, makeCa } from '#test/helpers/certs.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { type Handshake, handshake, listen } from '#test/helpers/tls-handshake.ts';
import { systemClock } from '../clock.ts';
import { noLog } from '../telemetry/log.ts';
import { type ClientTls, clientTls } from './client.ts';
import { clientTlsSchema } from './config.ts';

const world = { clock: systemClock, log: noLog };

/** A client that trusts these PEM texts; other keys of the `tls` section as given. */
function client(
  t: TestContext,
  trust: readonly string[] | undefined,
  keys: object = {},
  alpn: string[] = [],
): ClientTls {
  const directory = temporaryDirectory(t);
  const trustCerts = trust?.map((pem, i) => {
    const path = join(directory, `trust-${i}.pem`);
    writeFileSync(path, pem);
    return path;
  });
  const config = clientTlsSchema.parse({ ...(trustCerts && { trustCerts }), ...keys });
  const made = clientTls(config, world, alpn);
  t.after(() => made.close());
  return made;
}

/** What becomes of connecting to a server that shows `shown`, wanting `name`, trusting `trust`. */
async function connecting(
  t: TestContext,
  shown: Issued,
  trust: readonly string[],
  name: string | undefined = 'web.test',
): Promise<Handshake> {
  return handshake({ options: { key: shown.key, cert: shown.chain } }, client(t, trust).peer(name));
}

const ca = makeCa('mesh ca');
const web = { cn: 'web', dns: ['web.test'] };

describe('a client accepts a server', () => {
  test('that shows a certificate of a trusted CA for the wanted name', async (t) => {
    const { client, server, sni } = await connecting(t, ca.issue(web), [ca.cert]);
    assert.deepEqual({ client, server, sni }, { client: 'ok', server: 'ok', sni: 'web.test' });
  });

  test('whose CA is one of several, in one file or many', async (t) => {
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

  test('as in Linkerd’s published example: version 1, no SAN, an RSA CA that expired years ago', async (t) => {
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

describe('a client refuses a server', () => {
  const refusals: readonly [title: string, shown: () => Issued, trust: () => string[], reason: RegExp][] = [
    ['of another CA', () => makeCa('other').issue(web), () => [ca.cert], /VERIFY_LEAF_SIGNATURE|ISSUER/],
    ['of a CA with the trusted one’s name', () => makeCa('mesh ca').issue(web), () => [ca.cert], /SIGNATURE|ISSUER/],
    ['with a certificate it signed itself', () => makeCa('web.test'), () => [ca.cert], /PURPOSE|SELF_SIGNED/],
    ['whose certificate has expired', () => ca.issue({ ...web, days: -1 }), () => [ca.cert], /EXPIRED/],
    ['whose certificate is not valid yet', () => ca.issue({ ...web, fromDays: 1 }), () => [ca.cert], /NOT_YET_VALID/],
    ['whose intermediate has expired', () => ca.intermediate('i', { days: -1 }).issue(web), () => [ca.cert], /EXPIRED/],
    [
      'that leaves an intermediate out',
      () => {
        const leaf = ca.intermediate('i').issue(web);
        return { ...leaf, chain: leaf.cert };
      },
      () => [ca.cert],
      /VERIFY_LEAF_SIGNATURE|ISSUER/,
    ],
    [
      'whose chain is longer than its CA allows',
      () => ca.intermediate('i', { pathLength: 0 }).intermediate('j').issue(web),
      () => [ca.cert],
      /PATH_LENGTH/,
    ],
    [
      'with the certificate of a mere leaf',
      () => forgeWith(ca.issue({ cn: 'app' })).issue(web),
      () => [ca.cert],
      /certificate signing/,
    ],
    ['with a certificate for clients only', () => ca.issue({ ...web, usage: ['client'] }), () => [ca.cert], /PURPOSE/],
    [
      'outside what its intermediate may name',
      () => ca.intermediate('i', { permittedDns: ['other.test'] }).issue(web),
      () => [ca.cert],
      /permitted subtree/,
    ],
  ];
  for (const [title, shown, trust, reason] of refusals) {
    test(title, async (t) => {
      const { client, server } = await connecting(t, shown(), trust());
      assert.match(client, reason);
      assert.notEqual(server, undefined);
    });
  }

  const old = makeCa('old ca', { days: -3000 });
  const strict = makeCa('strict ca', { days: -3000, pathLength: 0, permittedDns: ['test'] });
  const v1Leaf = makeCa('unknown').issue({ cn: 'app', version: 1 });
  const pinned = makeCa('web.test', { version: 1, days: -1 });
  const timeless: readonly [title: string, shown: () => Issued, trust: string, reason: RegExp][] = [
    ['with an expired leaf of an expired CA', () => old.issue({ ...web, days: -1 }), old.cert, /EXPIRED/],
    [
      'with an expired leaf of another expired CA',
      () => makeCa('x', { days: -9 }).issue({ ...web, days: -1 }),
      old.cert,
      /refused/,
    ],
    [
      'of another expired CA of that name',
      () => makeCa('old ca', { days: -3000 }).issue(web),
      old.cert,
      /SIGNATURE|ISSUER/,
    ],
    [
      'with an expired intermediate of an expired CA',
      () => old.intermediate('i', { days: -1 }).issue(web),
      old.cert,
      /EXPIRED/,
    ],
    [
      'with a chain an expired CA does not allow',
      () => strict.intermediate('i').issue(web),
      strict.cert,
      /PATH_LENGTH/,
    ],
    [
      'outside what an expired CA may name',
      () => strict.issue({ cn: 'x', dns: ['web.example'] }),
      strict.cert,
      /permitted subtree/,
    ],
    [
      'forged with a trusted leaf',
      () => forgeWith(ca.issue({ cn: 'app' })).issue(web),
      ca.issue({ cn: 'app' }).cert,
      /refused/,
    ],
    ['forged with a trusted version 1 leaf', () => forgeWith(v1Leaf).issue(web), v1Leaf.cert, /refused/],
    ['whose own trusted certificate has expired', () => pinned, pinned.cert, /EXPIRED/],
  ];
  for (const [title, shown, trust, reason] of timeless) {
    test(title, async (t) => {
      const name = title.includes('may name') ? 'web.example' : 'web.test';
      assert.match((await connecting(t, shown(), [trust], name)).client, reason);
    });
  }

  test('that proves another name', async (t) => {
    for (const [spec, name] of [
      [web, 'other.test'],
      [{ cn: 'web.test', dns: ['other.test'] }, 'web.test'],
      [{ cn: 'web.test', uri: ['spiffe://mesh/web.test'] }, 'web.test'],
      [{ cn: '127.0.0.1' }, '127.0.0.1'],
      [{ cn: 'x', dns: ['127.0.0.1'] }, '127.0.0.1'],
      [{ cn: 'x', uri: ['spiffe://mesh/ns/a/sa/b2'] }, 'spiffe://mesh/ns/a/sa/b'],
    ] as const) {
      const { client, server } = await connecting(t, ca.issue(spec), [ca.cert], name);
      assert.match(client, /the certificate is not for/, JSON.stringify([spec, name]));
      assert.notEqual(client, 'ok');
      assert.ok(server);
    }
  });

  test('when it does not know whom it wants, or wants what no certificate can prove', async (t) => {
    const leaf = ca.issue({ cn: 'x', dns: ['web.test', '*.test'] });
    for (const name of ['.test', '*.test', 'web..test', '', 'web test', 'a/b']) {
      assert.match((await connecting(t, leaf, [ca.cert], name)).client, /no name that a certificate can prove/, name);
    }
    const nameless = await handshake(
      { options: { key: leaf.key, cert: leaf.chain } },
      client(t, [ca.cert]).peer(undefined),
    );
    assert.match(nameless.client, /no commonName/);
  });

  test('with no trust configured, unless a CA of the system vouches for it', async (t) => {
    const leaf = ca.issue(web);
    const outcome = await handshake(
      { options: { key: leaf.key, cert: leaf.chain } },
      client(t, undefined).peer('web.test'),
    );
    assert.match(outcome.client, /VERIFY_LEAF_SIGNATURE|ISSUER/);
  });

  test('behind a resumed session, which shows no certificate that could be checked', async (t) => {
    const leaf = ca.issue(web);
    const { server, port } = await listen({ options: { key: leaf.key, cert: leaf.chain, maxVersion: 'TLSv1.2' } });
    t.after(() => server.close());
    const peer = client(t, [ca.cert]).peer('web.test');
    const connected = async (session: Buffer | undefined): Promise<TLSSocket> => {
      const socket = connect({ host: '127.0.0.1', port, ...peer.connectOptions(), ...(session && { session }) });
      t.after(() => socket.destroy());
      await once(socket, 'secureConnect');
      return socket;
    };
    const first = await connected(undefined);
    assert.equal(peer.verdict(first), undefined);
    const again = await connected(first.getSession());
    assert.equal(again.isSessionReused(), true);
    assert.match(peer.verdict(again) ?? '', /no certificate/);
  });
});

describe('a client', () => {
  test('with disableValidation takes anyone, and still says whom it wants', async (t) => {
    const leaf = makeCa('nobody').issue({ cn: 'x', days: -1 });
    const tls = client(t, undefined, { disableValidation: true });
    const end = { options: { key: leaf.key, cert: leaf.chain } };
    const named = await handshake(end, tls.peer('web.test'));
    assert.deepEqual([named.client, named.sni], ['ok', 'web.test']);
    const nameless = await handshake(end, tls.peer(undefined));
    assert.deepEqual([nameless.client, nameless.sni], ['ok', undefined]);
  });

  test('shows its certificate and intermediates to a server that asks', async (t) => {
    const directory = temporaryDirectory(t);
    const mine = ca.intermediate('i').issue({ cn: 'caller' });
    const [certPath, keyPath, intermediateCertsPath] = ['cert', 'key', 'between'].map((name) => join(directory, name));
    writeFileSync(certPath ?? '', mine.cert);
    writeFileSync(keyPath ?? '', mine.key);
    writeFileSync(intermediateCertsPath ?? '', mine.chain.replace(mine.cert, ''));
    const leaf = ca.issue(web);
    const asking = { key: leaf.key, cert: leaf.chain, ca: ca.cert, requestCert: true, rejectUnauthorized: true };
    const withIt = client(t, [ca.cert], { clientAuth: { certPath, keyPath, intermediateCertsPath } });
    const shown = await handshake({ options: asking }, withIt.peer('web.test'));
    assert.deepEqual([shown.client, shown.server, shown.caller], ['ok', 'ok', 'caller']);
    const without = await handshake({ options: asking }, client(t, [ca.cert]).peer('web.test'));
    assert.match(without.client, /^refused/);
  });

  test('offers its ALPN protocols and speaks only its TLS versions', async (t) => {
    const leaf = ca.issue(web);
    const end = { options: { key: leaf.key, cert: leaf.chain, ALPNProtocols: ['h2', 'http/1.1'] } };
    const both = await handshake(end, client(t, [ca.cert], {}, ['http/1.1', 'h2']).peer('web.test'));
    assert.deepEqual([both.alpn, both.protocol], ['h2', 'TLSv1.3']);
    const old = await handshake(end, client(t, [ca.cert], { protocols: ['TLSv1.2'] }).peer('web.test'));
    assert.deepEqual([old.client, old.alpn, old.protocol], ['ok', false, 'TLSv1.2']);
  });

  test('takes new trust for new connections, and the old one is trusted no more', async (t) => {
    const directory = temporaryDirectory(t);
    const trustCertsBundle = join(directory, 'bundle.pem');
    const next = makeCa('next ca');
    writeFileSync(trustCertsBundle, ca.cert);
    const tls = client(t, undefined, { trustCertsBundle });
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
    const tls = client(t, ['no certificate here']);
    assert.match(tls.problem() ?? '', /trust-0\.pem has no PEM certificate/);
    assert.throws(() => tls.peer('web.test').connectOptions(), /trust-0\.pem has no PEM certificate/);
    assert.equal(client(t, [ca.cert]).problem(), undefined);
  });
});
