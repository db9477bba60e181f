import assert from 'node:assert/strict';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import { type Ca, forgeWith, type Issued, makeCa } from '#test/helpers/certs.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { connectOnce, type Handshake, handshake, listen } from '#test/helpers/tls-handshake.ts';
import { eventually } from '#test/helpers/within.ts';
import { systemClock } from '../clock.ts';
import { noLog } from '../telemetry/log.ts';
import { serverTlsSchema } from './config.ts';
import { type ServerTls, serverTls } from './server.ts';

const world = { clock: systemClock, log: noLog };
const ca = makeCa('mesh ca');
const linker = ca.issue({ cn: 'linker', dns: ['linker.test'] });

interface Files {
  readonly certPath: string;
  readonly keyPath: string;
  readonly caCertPath: string;
}

function files(t: TestContext): Files {
  const directory = temporaryDirectory(t);
  return { certPath: join(directory, 'cert'), keyPath: join(directory, 'key'), caCertPath: join(directory, 'ca') };
}

function write({ certPath, keyPath, caCertPath }: Files, own: Issued, callersCa: string): void {
  writeFileSync(certPath, own.chain);
  writeFileSync(keyPath, own.key);
  writeFileSync(caCertPath, callersCa);
}

function serving(
  t: TestContext,
  { certPath, keyPath, caCertPath }: Files,
  keys: object = {},
  alpn: string[] = [],
): ServerTls {
  const auth = 'requireClientAuth' in keys ? { caCertPath } : {};
  const made = serverTls(serverTlsSchema.parse({ certPath, keyPath, ...auth, ...keys }), world, alpn);
  t.after(() => made.close());
  return made;
}

/** A caller that trusts `ca`, wants linker.test, and shows `mine`. */
const caller = (mine?: Issued, more: ConnectionOptions = {}) => ({
  connectOptions: (): ConnectionOptions => ({
    ca: ca.cert,
    servername: 'linker.test',
    ...(mine && { key: mine.key, cert: mine.chain }),
    ...more,
  }),
});

/** One connection to a server that asks its callers for certificates of `callersCa`. */
async function calling(
  t: TestContext,
  mine: Issued | undefined,
  callersCa = ca.cert,
  more: ConnectionOptions = {},
): Promise<Handshake> {
  const at = files(t);
  write(at, linker, callersCa);
  return handshake(serving(t, at, { requireClientAuth: true }), caller(mine, more));
}

describe('a server that requires client certificates', () => {
  test('takes a caller with one of its CA', async (t) => {
    for (const mine of [ca.issue({ cn: 'caller' }), ca.intermediate('i').issue({ cn: 'caller' })]) {
      const { client, server, caller } = await calling(t, mine);
      assert.deepEqual({ client, server, caller }, { client: 'ok', server: 'ok', caller: 'caller' });
    }
  });

  test('takes a caller of an expired CA, and of a trusted intermediate', async (t) => {
    const old = makeCa('old', { days: -900, version: 1 });
    assert.equal((await calling(t, old.issue({ cn: 'x', version: 1 }), old.cert)).client, 'ok');
    const between = makeCa('root').intermediate('between', { days: -3 });
    assert.equal((await calling(t, between.issue({ cn: 'x' }), between.cert)).client, 'ok');
  });

  const refused: readonly [title: string, mine: () => Issued | undefined, trust?: () => Ca][] = [
    ['without one', () => undefined],
    ['with one of another CA', () => makeCa('other').issue({ cn: 'x' })],
    ['with one of another CA of that name', () => makeCa('mesh ca').issue({ cn: 'x' })],
    ['with one it signed itself', () => makeCa('x')],
    ['with an expired one', () => ca.issue({ cn: 'x', days: -1 })],
    ['with one that is not valid yet', () => ca.issue({ cn: 'x', fromDays: 1 })],
    ['with one of an expired intermediate', () => ca.intermediate('i', { days: -1 }).issue({ cn: 'x' })],
    ['with one for servers only', () => ca.issue({ cn: 'x', usage: ['server'] })],
    ['with one a leaf has signed', () => forgeWith(ca.issue({ cn: 'x' })).issue({ cn: 'y' })],
  ];
  for (const [title, mine] of refused) {
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      test(`refuses a caller ${title} (${maxVersion})`, async (t) => {
        const { client, server } = await calling(t, mine(), ca.cert, { maxVersion });
        assert.match(client, /^refused/);
        assert.match(server, /^refused/);
      });
    }
  }

  test('refuses on its own, too, should Node have let someone in', (t) => {
    const at = files(t);
    write(at, linker, ca.cert);
    const unproven = { authorized: false } as TLSSocket;
    assert.match(serving(t, at, { requireClientAuth: true }).verdict(unproven) ?? '', /certificate/);
    assert.equal(serving(t, at).verdict(unproven), undefined);
  });
});

describe('a server that does not', () => {
  test('never asks for one, though it has a CA for them', async (t) => {
    const at = files(t);
    write(at, linker, ca.cert);
    const {
      client,
      server,
      caller: shown,
    } = await handshake(
      serving(t, at, { caCertPath: at.caCertPath }),
      caller(makeCa('stranger').issue({ cn: 'stranger' })),
    );
    assert.deepEqual({ client, server, shown }, { client: 'ok', server: 'ok', shown: undefined });
  });

  test('linkerd1: server TLS (PKCS#8, chain, client auth, ciphers): speaks the TLS versions, ciphers and ALPN protocols it is told to', async (t) => {
    const at = files(t);
    write(at, linker, ca.cert);
    const plain = await handshake(serving(t, at), caller(undefined, { ALPNProtocols: ['h2', 'http/1.1'] }));
    assert.deepEqual([plain.client, plain.protocol, plain.alpn], ['ok', 'TLSv1.3', false]);
    const h2 = await handshake(serving(t, at, {}, ['h2']), caller(undefined, { ALPNProtocols: ['http/1.1', 'h2'] }));
    assert.deepEqual([h2.client, h2.alpn], ['ok', 'h2']);
    const old = serving(t, at, { protocols: ['TLSv1.2'], ciphers: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] });
    assert.deepEqual((await handshake(old, caller())).protocol, 'TLSv1.2');
    assert.match((await handshake(old, caller(undefined, { minVersion: 'TLSv1.3' }))).client, /^refused/);
    const other = { maxVersion: 'TLSv1.2' as const, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' };
    assert.match((await handshake(old, caller(undefined, other))).client, /^refused/);
  });

  test('sends the intermediates of a file of their own', async (t) => {
    const at = files(t);
    const below = ca.intermediate('i').issue({ cn: 'linker', dns: ['linker.test'] });
    write(at, { ...below, chain: below.cert }, '');
    const intermediateCertsPath = `${at.certPath}-between`;
    writeFileSync(intermediateCertsPath, below.chain.replace(below.cert, ''));
    assert.match((await handshake(serving(t, at), caller())).client, /^refused/);
    assert.equal((await handshake(serving(t, at, { intermediateCertsPath }), caller())).client, 'ok');
  });
});

describe('a server whose files change', () => {
  test('linkerd1: cert files re-read per connection: shows the new certificate to new connections and keeps the old ones', async (t) => {
    const at = files(t);
    write(at, linker, '');
    const tls = serving(t, at);
    const server = createServer(tls.options, (socket) => socket.pipe(socket).on('error', () => {}));
    tls.follow(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const open = async (): Promise<{ socket: TLSSocket; subject: string | undefined }> => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      const socket = connect({ host: '127.0.0.1', port, ...caller().connectOptions() });
      t.after(() => socket.destroy());
      await once(socket, 'secureConnect');
      return { socket, subject: socket.getPeerX509Certificate()?.subject };
    };
    const before = await open();
    assert.equal(before.subject, 'CN=linker');

    const next = ca.issue({ cn: 'linker-two', dns: ['linker.test'] });
    writeFileSync(`${at.certPath}.new`, next.chain);
    writeFileSync(`${at.keyPath}.new`, next.key);
    renameSync(`${at.certPath}.new`, at.certPath);
    renameSync(`${at.keyPath}.new`, at.keyPath);
    await eventually(
      async () => ((await open()).subject === 'CN=linker-two' ? true : undefined),
      'the new certificate is shown',
    );

    before.socket.write('still here');
    const [echoed] = await once(before.socket, 'data');
    assert.equal(String(echoed), 'still here');
  });

  test('believes the new CA at once and the old one no more, not even for a resumed session', async (t) => {
    const at = files(t);
    const next = makeCa('next');
    write(at, linker, ca.cert);
    const end = serving(t, at, { requireClientAuth: true });
    const { server, port, seen } = await listen(end);
    t.after(() => server.close());
    const mine = ca.issue({ cn: 'caller' });
    let session: Buffer | undefined;
    let resumed = false;
    const keeping = (more: ConnectionOptions) => ({
      ...caller(mine, more),
      verdict(socket: TLSSocket) {
        resumed = socket.isSessionReused();
        socket.on('session', (now) => {
          session = now;
        });
        return undefined;
      },
    });
    assert.equal((await connectOnce(port, keeping({}), seen)).client, 'ok');
    assert.ok(session);
    assert.equal((await connectOnce(port, keeping({ session }), seen)).client, 'ok');
    assert.equal(resumed, true);
    writeFileSync(at.caCertPath, next.cert);
    const theirs = caller(next.issue({ cn: 'new caller' }));
    await eventually(
      async () => ((await connectOnce(port, theirs, seen)).client === 'ok' ? true : undefined),
      'the new CA counts',
    );
    for (const old of [caller(mine), caller(mine, { session })]) {
      assert.match((await connectOnce(port, old, seen)).server, /^refused/);
    }
  });

  test('keeps the last good ones while the new are unusable', async (t) => {
    const at = files(t);
    write(at, linker, '');
    const tls = serving(t, at);
    const { server, port, seen } = await listen(tls);
    t.after(() => server.close());
    for (const [path, text] of [
      [at.keyPath, ca.issue({ cn: 'x' }).key],
      [at.certPath, linker.chain.slice(0, 200)],
      [at.certPath, ''],
    ] as const) {
      writeFileSync(path, text);
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal((await connectOnce(port, caller(), seen)).client, 'ok');
      assert.equal(tls.problem(), undefined);
    }
  });

  test('that come later refuses everyone until then', async (t) => {
    const at = files(t);
    const tls = serving(t, at);
    const { server, port, seen } = await listen(tls);
    t.after(() => server.close());
    assert.match(tls.problem() ?? '', /^cannot read .*key: ENOENT$/);
    assert.match((await connectOnce(port, caller(), seen)).client, /^refused/);
    write(at, linker, '');
    await eventually(() => (tls.problem() === undefined ? true : undefined), 'the files are read');
    assert.equal((await connectOnce(port, caller(), seen)).client, 'ok');
  });

  test('follows no more once closed', async (t) => {
    const at = files(t);
    write(at, linker, '');
    const tls = serving(t, at);
    const { server, port, seen } = await listen(tls);
    t.after(() => server.close());
    tls.close();
    write(at, makeCa('other').issue({ cn: 'x', dns: ['linker.test'] }), '');
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal((await connectOnce(port, caller(), seen)).client, 'ok');
  });
});
