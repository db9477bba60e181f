import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { forgeWith, type Issued, makeCa } from '#test/helpers/certs.ts';
import { connecting, tlsClient } from '#test/helpers/tls-client.ts';
import { handshake, listen } from '#test/helpers/tls-handshake.ts';

const ca = makeCa('mesh ca');
const web = { cn: 'web', dns: ['web.test'] };

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
      tlsClient(t, [ca.cert]).peer(undefined),
    );
    assert.match(nameless.client, /no commonName/);
  });

  test('with no trust configured, unless a CA of the system vouches for it', async (t) => {
    const leaf = ca.issue(web);
    const outcome = await handshake(
      { options: { key: leaf.key, cert: leaf.chain } },
      tlsClient(t, undefined).peer('web.test'),
    );
    assert.match(outcome.client, /VERIFY_LEAF_SIGNATURE|ISSUER/);
  });

  test('behind a resumed session, which shows no certificate that could be checked', async (t) => {
    const leaf = ca.issue(web);
    const { server, port } = await listen({ options: { key: leaf.key, cert: leaf.chain, maxVersion: 'TLSv1.2' } });
    t.after(() => server.close());
    const peer = tlsClient(t, [ca.cert]).peer('web.test');
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
