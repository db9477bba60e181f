import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { systemClock } from '#core/clock.ts';
import { noLog } from '#core/telemetry/log.ts';
import { linkers, mesh } from '#test/inject/scene.ts';
import { refreshed } from './certificate.ts';
import { InjectorMetrics } from './metrics.ts';
import { NamespaceSnapshot } from './namespaces.ts';
import { type InjectorServer, serve } from './server.ts';

const first = await refreshed(undefined, ['localhost'], Date.now());

async function served(t: TestContext): Promise<InjectorServer> {
  const server = await serve({
    ip: '127.0.0.1',
    port: 0,
    certificate: first,
    knowledge: () => ({ mesh, linkers }),
    namespaces: new NamespaceSnapshot(systemClock),
    missing: () => [],
    metrics: new InjectorMetrics(),
    log: noLog,
    clock: systemClock,
  });
  t.after(() => server.drain(0));
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** The connection's own port tells whether it was used before. */
  readonly connection: number | undefined;
}

function get(port: number, agent: Agent | false, path = '/healthz'): Promise<Answer> {
  return new Promise((done, failed) => {
    const call = request(
      { port, host: '127.0.0.1', servername: 'localhost', ca: first.ca, path, agent },
      (response) => {
        const answer = {
          status: response.statusCode,
          headers: response.headers,
          connection: response.socket.localPort,
        };
        response.resume().once('end', () => done(answer));
      },
    );
    call.once('error', failed).end();
  });
}

const handshake = async (port: number, options: object = {}): Promise<TLSSocket> => {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
};

test('connections are kept for longer than the API server keeps them idle', async (t) => {
  const { port } = await served(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const [one, two] = [await get(port, agent), await get(port, agent)];
  assert.equal(one.headers['keep-alive'], 'timeout=125');
  assert.equal(one.connection, two.connection);
});

test('TLS 1.2 and 1.3 are spoken, nothing older', async (t) => {
  const { port } = await served(t);
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await handshake(port, { minVersion: version, maxVersion: version });
    assert.equal(socket.getProtocol(), version);
    socket.destroy();
  }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  await assert.rejects(handshake(port, old));
});

test('a new certificate holds for new connections, open ones go on', async (t) => {
  const server = await served(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const before = await get(server.port, agent);
  const next = await refreshed(first, ['localhost', 'other'], Date.now());
  server.use(next);
  assert.equal((await get(server.port, agent)).connection, before.connection);
  const socket = await handshake(server.port);
  assert.equal(socket.getPeerX509Certificate()?.checkHost('other'), 'other');
  socket.destroy();
});

test('draining answers for a while, asking callers to go, and then is gone', async (t) => {
  const server = await served(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await get(server.port, agent);
  const drained = server.drain(300);
  const last = await get(server.port, agent);
  assert.deepEqual([last.status, last.headers['connection']], [200, 'close']);
  assert.equal((await get(server.port, false, '/readyz')).status, 503);
  await drained;
  await assert.rejects(get(server.port, false), { code: 'ECONNREFUSED' });
});

test('a request that has begun when the time is over is still answered', async (t) => {
  const server = await served(t);
  const socket = await handshake(server.port);
  socket.write('POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{');
  await new Promise((later) => setTimeout(later, 50));
  const drained = server.drain(0);
  await new Promise((later) => setTimeout(later, 50));
  socket.write('}');
  let text = '';
  for await (const part of socket) text += String(part);
  assert.match(text, /^HTTP\/1\.1 400 /);
  await drained;
});

test('a port that is taken is an error', async (t) => {
  const { port } = await served(t);
  await assert.rejects(
    serve({
      ip: '127.0.0.1',
      port,
      certificate: first,
      knowledge: () => ({ mesh, linkers }),
      namespaces: new NamespaceSnapshot(systemClock),
      missing: () => [],
      metrics: new InjectorMetrics(),
      log: noLog,
      clock: systemClock,
    }),
    { code: 'EADDRINUSE' },
  );
});
