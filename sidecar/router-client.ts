import { stillMs } from '#core/config/socket-options.ts';
import { httpStatusKey } from '#core/namers/utility/http-status.ts';
import { type Linked, metaKeys } from '#core/naming/meta.ts';
import type { Address, Bound } from '#core/naming/name.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { type ClientTls, clientTls, type TlsPeer } from '#core/tls/client.ts';
import type { World } from '#core/world.ts';
import { accrualKinds } from './accrual/kinds.ts';
import { balancerKinds } from './balancers/kinds.ts';
import {
  accrualStats,
  balancerGauges,
  connectionCounts,
  failFastGauges,
  poolCounts,
  requeueStats,
  setChanges,
} from './client-metrics.ts';
import { clientAlpn } from './codec-options.ts';
import { type ClientConfig, clientConfigFor, type Protocol, type RouterConfig } from './config.ts';
import { failureNames } from './filters/failure-names.ts';
import { RequestStats } from './filters/request-stats.ts';
import type { Codec, CodecLimits } from './protocol/codec.ts';
import type { SessionTimes } from './protocol/expiry.ts';
import { mesh } from './protocol/mesh-codec.ts';
import type { PoolCounts, PoolLimits } from './protocol/places.ts';
import { reach } from './protocol/reach.ts';
import { statusTransport } from './protocol/status.ts';
import { tcpMesh } from './protocol/tcp-codec.ts';
import { Balancer } from './router/balancer.ts';
import { Budget, budgetProblem, defaultBudget } from './router/budget.ts';
import type { Client } from './router/clients.ts';
import { FailFast } from './router/fail-fast.ts';
import { Requeues } from './router/requeues.ts';
import { compose, impossible } from './router/service.ts';
import type { Timeouts } from './router/timeouts.ts';
import type { ConnectionCounts, Transport } from './router/transport.ts';
import { WaitingRoom } from './router/waiting-room.ts';
import { WeightClasses } from './router/weight-classes.ts';
import { clientStack, endpointStack, tunnelClientStack } from './stacks.ts';

/** Time a TCP connection, and the TLS handshake on it, may take; as in Linkerd, not configurable. */
const CONNECT_MS = 1000;

/** What the clients of one router share. */
export interface ClientParts {
  readonly config: RouterConfig;
  readonly world: World;
  readonly speaks: Protocol;
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
  const tls = config.tls && clientTls(config.tls, world, clientAlpn(parts.config.protocol, parts.speaks));
  const attempt =
    config.requestAttemptTimeoutMs === undefined ? undefined : parts.timeouts(config.requestAttemptTimeoutMs);
  const inner = endpointStack(new RequestStats(metrics, failureNames[parts.speaks].client), attempt, id);
  const problem = budgetProblem(config.requeueBudget);
  const budget = new Budget(problem === undefined ? config.requeueBudget : defaultBudget, clock);
  const lb = metrics.scope('loadbalancer');
  const balancing = balancerKinds.make(config.loadBalancer, { random, exhausted: lb.counter('max_effort_exhausted') });
  const policy = accrualKinds.make(config.failureAccrual, { random });
  const classes = new WeightClasses(() => balancing.chooser(), random, lb.counter('busy_weight_classes'));
  const connecting = {
    ...{ config, tls, counts, parts },
    pool: poolOf(config, poolCounts(metrics)),
    session: sessionOf(config, metrics),
  };
  const balancer = new Balancer(bound.addr, {
    clientName: id,
    transport: (address) => transportTo(address, connecting),
    load: () => balancing.load(),
    policy: policy ?? (() => undefined),
    accrual: accrualStats(metrics),
    classes,
    probation: balancing.enableProbation,
    failFast: config.failFast ? failFast(metrics, connecting) : undefined,
    clock,
    room: new WaitingRoom(parts.binding, clock),
    inner: (next) => compose(inner, next),
    requeues: new Requeues(budget, requeueStats(metrics, budget)),
    changes: setChanges(metrics),
  });
  balancerGauges(metrics, balancer, { algorithm: balancing.algorithm, classes, clock });
  const stack =
    parts.speaks === 'tcp'
      ? tunnelClientStack(metrics, parts.config.dstPrefix.show)
      : clientStack(metrics, config.forwardClientCert);
  return {
    service: problem === undefined ? compose(stack, balancer) : impossible(problem.text),
    get usedAt() {
      return balancer.usedAt;
    },
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
  readonly pool: PoolLimits | undefined;
  readonly session: SessionTimes | undefined;
}

/** How linkers talk to each other where many exchanges share a connection; HTTP/2 does so by itself. */
const multiplexed: Readonly<Record<Protocol, Codec | undefined>> = { http: mesh, h2: undefined, tcp: tcpMesh };

function transportTo(address: Address, { config, tls, counts, parts, pool, session }: Connecting): Transport {
  const status = address.meta[httpStatusKey];
  if (status !== undefined) return statusTransport(Number(status));
  const linked = address.meta[metaKeys.linked] as Linked | undefined;
  const multiplex = config.multiplex ?? (linked === 'sidecar' || linked === 'node');
  return ((multiplex ? multiplexed[parts.speaks] : undefined) ?? parts.codec).connect({
    address,
    security: securityOf(address, config, tls),
    limits: parts.limits,
    connectMs: CONNECT_MS,
    idleMs: parts.config.protocol === 'tcp' ? parts.config.idleTimeoutMs : undefined,
    clock: parts.world.clock,
    counts,
    pool,
    session,
    socket: config.socketOptions && { ...config.socketOptions, stillMs: stillMs(config.socketOptions) },
  });
}

function poolOf({ hostConnectionPool }: ClientConfig, counts: PoolCounts): PoolLimits | undefined {
  if (hostConnectionPool === undefined) return undefined;
  const { minSize, maxSize, maxWaiters, idleTimeMs } = hostConnectionPool;
  const unlimited = Number.POSITIVE_INFINITY;
  return { minSize, maxSize: maxSize ?? unlimited, maxWaiters: maxWaiters ?? unlimited, idleMs: idleTimeMs, counts };
}

function sessionOf({ clientSession }: ClientConfig, metrics: Metrics): SessionTimes | undefined {
  const { idleTimeMs, lifeTimeMs } = clientSession ?? {};
  if (idleTimeMs === undefined && lifeTimeMs === undefined) return undefined;
  return {
    ...{ idleMs: idleTimeMs, lifeMs: lifeTimeMs },
    idle: metrics.counter('idle'),
    lifetime: metrics.counter('lifetime'),
  };
}

/** An endpoint that no linker stands before is talked to in plain text, whatever the client's TLS says. */
function securityOf(address: Address, config: ClientConfig, tls: ClientTls | undefined): TlsPeer | undefined {
  return address.meta[metaKeys.linked] === 'none' ? undefined : tls?.peer(config.tls?.commonName);
}

function failFast(metrics: Metrics, { config, tls, parts }: Connecting): FailFast {
  const { clock, random } = parts.world;
  const scope = metrics.scope('failfast');
  const made = new FailFast({
    clock,
    random,
    reach: (address, done) =>
      reach({ address, security: securityOf(address, config, tls) }, { clock, withinMs: CONNECT_MS }, done),
    markedDead: scope.counter('marked_dead'),
    markedAvailable: scope.counter('marked_available'),
  });
  failFastGauges(metrics, made);
  return made;
}
