import { httpStatusKey } from '#core/namers/utility/http-status.ts';
import { type Linked, metaKeys } from '#core/naming/meta.ts';
import type { Address, Bound } from '#core/naming/name.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { type ClientTls, clientTls } from '#core/tls/client.ts';
import type { World } from '#core/world.ts';
import { LeastLoaded } from './balancers/least-loaded.ts';
import { p2c } from './balancers/p2c.ts';
import { PeakEwma } from './balancers/peak-ewma.ts';
import { alpnOf } from './codec-options.ts';
import { type ClientConfig, clientConfigFor, type RouterConfig } from './config.ts';
import { clientFailureName, RequestStats } from './filters/request-stats.ts';
import type { Codec, CodecLimits } from './protocol/codec.ts';
import { mesh } from './protocol/mesh-codec.ts';
import { statusTransport } from './protocol/status.ts';
import { Balancer } from './router/balancer.ts';
import { Budget } from './router/budget.ts';
import type { Client } from './router/clients.ts';
import { compose } from './router/service.ts';
import type { Timeouts } from './router/timeouts.ts';
import type { ConnectionCounts, Transport } from './router/transport.ts';
import { WaitingRoom } from './router/waiting-room.ts';
import { clientStack, endpointStack } from './stacks.ts';

/** Time a TCP connection, and the TLS handshake on it, may take; as in Linkerd, not configurable. */
const CONNECT_MS = 1000;

/** What the clients of one router share. */
export interface ClientParts {
  readonly config: RouterConfig;
  readonly world: World;
  readonly speaks: 'http' | 'h2';
  readonly codec: Codec;
  readonly limits: CodecLimits;
  /** The router's own scope. */
  readonly metrics: Metrics;
  readonly binding: Timeouts;
  timeouts(ms: number): Timeouts;
}

/** The client of one cluster: its balancer, the stages before it, and a transport to each endpoint. */
export function routerClient(bound: Bound, parts: ClientParts): Client {
  const { world } = parts;
  const { clock, random } = world;
  const id = bound.id.show;
  const config = clientConfigFor(parts.config, bound.id);
  const metrics = parts.metrics.scope('client', id.slice(1));
  const counts = connectionCounts(metrics);
  const tls = config.tls && clientTls(config.tls, world, alpnOf(parts.speaks));
  const attempt =
    config.requestAttemptTimeoutMs === undefined ? undefined : parts.timeouts(config.requestAttemptTimeoutMs);
  const inner = endpointStack(new RequestStats(metrics, clientFailureName), attempt, id);
  const requeues = metrics.scope('retries');
  for (const name of ['budget_exhausted', 'request_limit', 'cannot_retry', 'not_open']) requeues.counter(name);
  const budget = new Budget(config.requeueBudget, clock);
  requeues.gauge(['budget'], () => budget.balance);
  const lb = metrics.scope('loadbalancer');
  const balancer = new Balancer(bound.addr, {
    clientName: id,
    transport: (address) => transportTo(address, { config, tls, counts, parts }),
    load: config.loadBalancer.kind === 'ewma' ? ewma(config.loadBalancer.decayTimeMs) : () => new LeastLoaded(),
    choose: p2c(random, config.loadBalancer.maxEffort),
    clock,
    room: new WaitingRoom(parts.binding, clock),
    inner: (next) => compose(inner, next),
    requeues: requeues.counter('requeues'),
    budget,
  });
  lb.gauge(['size'], () => balancer.endpoints.length);
  lb.gauge(['available'], () => balancer.endpoints.filter((e) => e.restsUntil <= clock.now()).length);
  lb.gauge(['algorithm', config.loadBalancer.kind === 'ewma' ? 'p2c_ewma' : 'p2c_least_loaded'], () => 1);
  return {
    service: compose(clientStack(metrics, config.forwardClientCert), balancer),
    close: () => {
      balancer.close();
      tls?.close();
      parts.metrics.remove('client', id.slice(1));
    },
  };
}

interface Connecting {
  readonly config: ClientConfig;
  readonly tls: ClientTls | undefined;
  readonly counts: ConnectionCounts;
  readonly parts: ClientParts;
}

function transportTo(address: Address, { config, tls, counts, parts }: Connecting): Transport {
  const status = address.meta[httpStatusKey];
  if (status !== undefined) return statusTransport(Number(status));
  // An endpoint that no linker stands before is talked to in plain text, whatever the client's TLS says.
  const linked = address.meta[metaKeys.linked] as Linked | undefined;
  const plain = linked === 'none';
  const multiplex = config.multiplex ?? (linked === 'sidecar' || linked === 'node');
  return (multiplex && parts.speaks === 'http' ? mesh : parts.codec).connect({
    address,
    security: plain ? undefined : tls?.peer(config.tls?.commonName),
    limits: parts.limits,
    connectMs: CONNECT_MS,
    clock: parts.world.clock,
    counts,
  });
}

function ewma(decayMs: number): () => PeakEwma {
  return () => new PeakEwma(decayMs);
}

function connectionCounts(metrics: Metrics): ConnectionCounts {
  const counts: ConnectionCounts = {
    connects: metrics.counter('connects'),
    closes: metrics.counter('closes'),
    open: 0,
    encrypted: 0,
    cached: 0,
    received: 0,
    sent: 0,
  };
  metrics.gauge(['connections'], () => counts.open);
  metrics.gauge(['tls', 'connections'], () => counts.encrypted);
  metrics.gauge(['pool_cached'], () => counts.cached);
  metrics.gauge(['pool_size'], () => counts.open - counts.cached);
  metrics.gauge(['received_bytes'], () => counts.received);
  metrics.gauge(['sent_bytes'], () => counts.sent);
  return counts;
}
