import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { httpStatusKey } from '#core/namers/utility/http-status.ts';
import { type Linked, metaKeys } from '#core/naming/meta.ts';
import { type Address, address, boundAddr, boundName } from '#core/naming/name.ts';
import { Path } from '#core/naming/path.ts';
import { Activity } from '#core/reactive/activity.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { call } from '#test/helpers/exchanges.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { plain, type Script, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { codecLimits } from './codec-options.ts';
import { router } from './config/router.ts';
import { http1 } from './protocol/mesh-codec.ts';
import { Timeouts } from './router/timeouts.ts';
import { routerClient } from './router-client.ts';

/** The client of a cluster `/#/web` with these addresses, by the `client` section of a router. */
function client(t: TestContext, addresses: readonly Address[], section: object = {}) {
  const metrics = new Metrics();
  const config = router.parse({ protocol: 'http', servers: [{ port: 0 }], client: section });
  const timeouts = (ms: number) => new Timeouts(ms, systemClock);
  const bound = boundName(Path.read('/#/web'), Path.empty, Activity.value(boundAddr(...addresses)));
  const made = routerClient(bound, {
    config,
    world: { clock: systemClock, random: Math.random, env: {}, log: recordingLog(), metrics },
    speaks: 'http',
    codec: http1,
    limits: codecLimits(config),
    metrics,
    binding: timeouts(1000),
    timeouts,
  });
  t.after(() => made.close());
  return {
    metrics,
    close: () => made.close(),
    count: (name: string) => flatMetrics(metrics)[`client/#/web/${name}`],
    async get() {
      const sent = call({ clock: systemClock });
      made.service.send(sent.x);
      await over(sent.caller);
      return sent;
    },
  };
}

async function origin(t: TestContext, script?: Script): Promise<{ readonly here: ScriptedOrigin; at: Address }> {
  const here = await ScriptedOrigin.start(script);
  t.after(() => here.close());
  return { here, at: address('127.0.0.1', here.port) };
}

test('what it counts is there before the first request', (t) => {
  const { count } = client(t, [address('127.0.0.1', 1), address('127.0.0.2', 1)]);
  const zero = [
    ...['requests', 'success', 'failures', 'pending', 'request_latency_ms.count', 'status/2XX', 'status/error'],
    ...['connects', 'closes', 'connections', 'tls/connections', 'pool_cached', 'pool_size'],
    ...['received_bytes', 'sent_bytes', 'retries/requeues', 'retries/budget_exhausted', 'retries/request_limit'],
    ...['retries/cannot_retry', 'retries/not_open'],
  ];
  for (const name of zero) assert.equal(count(name), 0, name);
  assert.deepEqual([count('loadbalancer/size'), count('loadbalancer/available')], [2, 2]);
  assert.equal(count('retries/budget'), 100);
});

test('requests, connections and endpoints are counted', async (t) => {
  const { at } = await origin(t);
  const one = client(t, [at]);
  for (let i = 0; i < 3; i++) assert.equal((await one.get()).x.status, 200);
  for (const [name, expected] of [
    ['requests', 3],
    ['success', 3],
    ['status/200', 3],
    ['connects', 1],
    ['connections', 1],
    ['pool_cached', 1],
    ['pool_size', 0],
    ['tls/connections', 0],
    ['loadbalancer/size', 1],
    ['loadbalancer/available', 1],
    ['loadbalancer/algorithm/p2c_least_loaded', 1],
  ] as const)
    assert.equal(one.count(name), expected, name);
  assert.ok((one.count('sent_bytes') ?? 0) > 0 && (one.count('received_bytes') ?? 0) > 0);
});

test('an endpoint that cannot be reached is not available for a while, and every try is counted', async (t) => {
  const one = client(t, [address('127.0.0.1', 1)], { loadBalancer: { kind: 'ewma' } });
  const { x } = await one.get();
  assert.equal(x.error?.kind, 'connect');
  assert.match(x.error?.message ?? '', /client name: \/#\/web\naddresses: \[127\.0\.0\.1:1\]/);
  assert.deepEqual([one.count('loadbalancer/size'), one.count('loadbalancer/available')], [1, 0]);
  assert.deepEqual([one.count('retries/requeues'), one.count('retries/not_open')], [4, 1]);
  assert.equal(one.count('failure_accrual/removals'), 1);
  assert.equal(one.count('loadbalancer/algorithm/p2c_peak_ewma'), 1);
});

test('an attempt takes no longer than it may', async (t) => {
  const { at } = await origin(t, () => {});
  const { x } = await client(t, [at], { requestAttemptTimeoutMs: 30 }).get();
  assert.equal(x.error?.kind, 'attemptTimeout');
});

test('an address that is a status is answered without a connection', async (t) => {
  const one = client(t, [{ ...address('0.0.0.0', 0), meta: { [httpStatusKey]: '418' } }]);
  assert.equal((await one.get()).x.status, 418);
  assert.deepEqual([one.count('connects'), one.count('status/418')], [0, 1]);
});

test('closed, it takes what it counted along, ends its connections and takes no request', async (t) => {
  const { here, at } = await origin(t);
  const one = client(t, [at]);
  await one.get();
  assert.equal(here.connections[0]?.open, true);
  one.close();
  assert.deepEqual(flatMetrics(one.metrics), {});
  await eventually(() => (here.connections[0]?.open ? undefined : true), 'the connection is closed');
  assert.equal((await one.get()).x.error?.message, 'client closed');
});

describe('what an endpoint is spoken to in', () => {
  /** The first bytes that an endpoint gets which is linked so, as what they are. */
  async function spoken(t: TestContext, linked: Linked | undefined, section: object): Promise<string> {
    let first: string | undefined;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes: Buffer) => {
        first ??= bytes.toString('latin1');
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const at = address('127.0.0.1', (server.address() as AddressInfo).port);
    const meta = linked === undefined ? {} : { [metaKeys.linked]: linked };
    await client(t, [{ ...at, meta }], section).get();
    if (first?.startsWith('GET / HTTP/1.1\r\n')) return 'plain';
    assert.equal(first?.[0], '\x16'); // a handshake of TLS
    return first.includes('\x06heddle\x02h2\x08http/1.1') ? 'tls, h2 offered' : 'tls';
  }

  const tls = { tls: { disableValidation: true } };
  for (const [linked, section, expected] of [
    [undefined, {}, 'plain'],
    [undefined, tls, 'tls'],
    ['none', tls, 'plain'],
    ['none', { ...tls, multiplex: true }, 'plain'],
    ['sidecar', {}, 'plain'],
    ['sidecar', tls, 'tls, h2 offered'],
    ['node', tls, 'tls, h2 offered'],
    ['sidecar', { ...tls, multiplex: false }, 'tls'],
    [undefined, { ...tls, multiplex: true }, 'tls, h2 offered'],
  ] as const)
    test(`${JSON.stringify(section)} configured, linked through ${linked ?? 'nobody knows what'}: ${expected}`, async (t) => {
      assert.equal(await spoken(t, linked, section), expected);
    });
});

test('without failure accrual an endpoint that cannot be reached is tried to the end', async (t) => {
  const one = client(t, [address('127.0.0.1', 1)], { failureAccrual: { kind: 'none' } });
  assert.equal((await one.get()).x.error?.kind, 'connect');
  assert.deepEqual([one.count('retries/requeues'), one.count('retries/not_open')], [25, 0]);
  assert.equal(one.count('loadbalancer/available'), 1);
});

test('linkerd1: failFast: a refused connection marks the endpoint down, and what follows is told so', async (t) => {
  const one = client(t, [address('127.0.0.1', 1)], { failFast: true });
  assert.equal((await one.get()).x.error?.kind, 'connect');
  assert.equal((await one.get()).x.error?.kind, 'markedDown');
  assert.deepEqual([one.count('failfast/marked_dead'), one.count('failfast/is_marked_dead')], [1, 1]);
  assert.equal(one.count('requests'), 0);
});

/** An origin that answers after some time. */
const slowly: Script = async (_, reply) => {
  await new Promise((resolve) => setTimeout(resolve, 30));
  await reply.send(plain(200, 'ok'));
};

describe('linkerd1: host connection pool', () => {
  test('requests beyond maxSize wait for a connection, and are counted', async (t) => {
    const { here, at } = await origin(t, slowly);
    const one = client(t, [at], { hostConnectionPool: { maxSize: 1 } });
    const all = await Promise.all([one.get(), one.get(), one.get()]);
    assert.deepEqual(
      all.map(({ x }) => x.status),
      [200, 200, 200],
    );
    assert.equal(new Set(here.requests.map((r) => r.connection)).size, 1);
    assert.deepEqual([one.count('pool_num_waited'), one.count('pool_waiters')], [2, 0]);
  });

  test('requests beyond maxWaiters fail, and were no requests of the endpoint', async (t) => {
    const { at } = await origin(t, slowly);
    const one = client(t, [at], { hostConnectionPool: { maxSize: 1, maxWaiters: 1 } });
    const all = await Promise.all([one.get(), one.get(), one.get()]);
    assert.deepEqual(
      all.map(({ x }) => x.error?.kind ?? x.status),
      [200, 200, 'tooManyWaiters'],
    );
    assert.deepEqual([one.count('pool_num_too_many_waiters'), one.count('requests')], [1, 2]);
  });

  test('a connection is closed after idleTimeMs, unless minSize keeps it', async (t) => {
    const { at } = await origin(t);
    const short = client(t, [at], { hostConnectionPool: { idleTimeMs: 20 } });
    const kept = client(t, [at], { hostConnectionPool: { idleTimeMs: 20, minSize: 1 } });
    for (const one of [short, kept]) await one.get();
    await eventually(() => (short.count('connections') === 0 ? true : undefined), 'it is closed');
    assert.deepEqual([short.count('pool_cached'), kept.count('pool_cached')], [0, 1]);
  });
});

test('linkerd1: clientSession idle/life: connections are closed when idle, or old, for so long', async (t) => {
  const { at } = await origin(t, slowly);
  const idle = client(t, [at], { clientSession: { idleTimeMs: 20 } });
  const life = client(t, [at], { clientSession: { lifeTimeMs: 10 } });
  for (const one of [idle, life]) assert.equal((await one.get()).x.status, 200);
  for (const one of [idle, life])
    await eventually(() => (one.count('connections') === 0 ? true : undefined), 'it is closed');
  assert.deepEqual([idle.count('idle'), idle.count('lifetime')], [1, 0]);
  assert.deepEqual([life.count('idle'), life.count('lifetime')], [0, 1]);
});

test('linkerd1: socketOptions: a connection on which nothing moves is closed, whether it is used or not', async (t) => {
  const { at } = await origin(t, slowly);
  const idle = client(t, [at], { socketOptions: { readTimeoutMs: 200, keepAlive: true } });
  assert.equal((await idle.get()).x.status, 200);
  await eventually(() => (idle.count('connections') === 0 ? true : undefined), 'it is closed');
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => silent.once('listening', listening));
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const waiting = client(t, [address('127.0.0.1', port)], { socketOptions: { writeTimeoutMs: 20 } });
  assert.equal((await waiting.get()).x.error?.kind, 'reset');
});
