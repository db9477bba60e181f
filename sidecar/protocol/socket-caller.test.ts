import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as net from 'node:net';
import { type TestContext, test } from 'node:test';
import * as tls from 'node:tls';
import { makeCa } from '#test/helpers/certs.ts';
import { SocketCaller } from './socket-caller.ts';

/** The caller a server of this machine sees when `connect` connects to its port. */
async function seen(t: TestContext, server: net.Server, event: string, connect: (port: number) => net.Socket) {
  t.after(() => server.close());
  server.listen(0, '::');
  await once(server, 'listening');
  const accepted = once(server, event);
  const client = connect((server.address() as net.AddressInfo).port);
  client.on('error', () => {});
  const connected = once(client, 'connect');
  t.after(() => client.destroy());
  const [socket] = (await accepted) as [net.Socket];
  t.after(() => socket.destroy());
  await connected;
  return { caller: new SocketCaller(socket), client };
}

test('both ends of a plain connection, IPv4 as such on a dual-stack server', async (t) => {
  const { caller, client } = await seen(t, net.createServer(), 'connection', (port) => net.connect(port, '127.0.0.1'));
  assert.deepEqual(caller.end, { ip: '127.0.0.1', port: client.localPort });
  assert.deepEqual(caller.local, { ip: '127.0.0.1', port: client.remotePort });
  assert.equal(caller.encrypted, false);
  assert.equal(caller.certificate, '');
});

test('the certificate of a caller counts where it was verified, and only there', async (t) => {
  const ca = makeCa('ca');
  const own = ca.issue({ cn: 'linker' });
  const shown = async (issuer: typeof ca) => {
    const theirs = issuer.issue({ cn: 'caller', dns: ['caller.test'] });
    const server = tls.createServer({ ...own, ca: ca.cert, requestCert: true, rejectUnauthorized: false });
    const connect = (port: number) => tls.connect({ port, host: '127.0.0.1', ...theirs, rejectUnauthorized: false });
    return (await seen(t, server, 'secureConnection', connect)).caller;
  };
  const known = await shown(ca);
  assert.equal(known.encrypted, true);
  assert.match(known.certificate, /^Hash=[0-9A-F]{64};DNS=caller\.test;Subject="CN=caller"$/);
  assert.equal((await shown(makeCa('stranger'))).certificate, '');
});
