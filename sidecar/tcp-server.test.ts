import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { router } from './config/router.ts';
import { HttpRouter } from './http-router.ts';

/** Says its name, and echoes. */
async function origin(t: TestContext, name: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(name);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `/$/inet/127.0.0.1/${(server.address() as AddressInfo).port}`;
}

async function tcpRouter(t: TestContext, config: object): Promise<readonly number[]> {
  const world = { clock: systemClock, random: Math.random, env: {}, log: noLog, metrics: new Metrics() };
  const interpreter = configuredInterpreter(emptyDtab, [], utilityNamers(world));
  const made = new HttpRouter(router.parse({ protocol: 'tcp', ...config }), interpreter, world);
  await made.listen();
  t.after(() => made.close());
  return made.ports;
}

async function greeting(port: number | undefined, bytes: number): Promise<string> {
  using client = await RawClient.connect(port ?? 0);
  return String(await client.bytes(bytes));
}

test('each port leads to its own name, and a port without one to the name of the router', async (t) => {
  const dtab = `/svc/a => ${await origin(t, 'one')}; /svc/b => ${await origin(t, 'two')}`;
  const ports = await tcpRouter(t, {
    dtab,
    identifier: { kind: 'io.l5d.static', path: '/b' },
    servers: [
      { port: 0, dst: '/svc/a' },
      { port: 0, ip: '127.0.0.2' },
    ],
  });
  assert.equal(await greeting(ports[0], 3), 'one');
  using client = await RawClient.connect(ports[1] ?? 0, '127.0.0.2');
  assert.equal(String(await client.bytes(3)), 'two');
});

test('a second router takes the tunnel over one connection and knows the name', async (t) => {
  const [far] = await tcpRouter(t, {
    dtab: `/svc/a => ${await origin(t, 'far a')}`,
    servers: [{ port: 0, multiplex: true }],
  });
  const [near] = await tcpRouter(t, {
    dtab: `/svc => /$/inet/127.0.0.1/${far}`,
    client: { multiplex: true },
    servers: [{ port: 0, dst: '/svc/a' }],
  });
  assert.equal(await greeting(near, 5), 'far a');
});
