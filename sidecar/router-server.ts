import { stillMs } from '#core/config/socket-options.ts';
import { showDtab } from '#core/naming/dtab.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { seldom } from '#core/telemetry/seldom.ts';
import { serverTls } from '#core/tls/server.ts';
import type { World } from '#core/world.ts';
import { alpnOf, serverLimits } from './codec-options.ts';
import type { HttpRouterConfig, ServerConfig } from './config.ts';
import { accessLog } from './filters/access-log.ts';
import { failureNames } from './filters/failure-names.ts';
import { forwarded } from './filters/forwarded.ts';
import { RequestStats } from './filters/request-stats.ts';
import { type ServerSpanOptions, serverSpan } from './filters/spans.ts';
import { serverTimeout } from './filters/time-limits.ts';
import { timestamp } from './filters/timestamp.ts';
import { serverTrace } from './filters/tracing.ts';
import { ingressCertificates } from './ingress-certificates.ts';
import type { TracePropagator } from './propagators/propagator.ts';
import type { Codec, CodecLimits, Compression, ListenSocket } from './protocol/codec.ts';
import type { SessionTimes } from './protocol/expiry.ts';
import type { Listener, ServerCounts } from './protocol/listener.ts';
import { mesh, meshProtocols } from './protocol/mesh-codec.ts';
import { ConcurrencyLimit } from './router/concurrency-limit.ts';
import type { Router } from './router/router.ts';
import { compose, type Service } from './router/service.ts';
import type { Timeouts } from './router/timeouts.ts';
import { type ServerFilters, serverStack } from './stacks.ts';

const KB = 1024;

/** What the servers of one router share. */
export interface ServerParts {
  readonly config: HttpRouterConfig;
  readonly world: World;
  readonly codec: Codec;
  readonly limits: CodecLimits;
  /** The router's own scope. */
  readonly metrics: Metrics;
  readonly router: Router;
  readonly propagator: TracePropagator;
  /** Where requests to an http router go that are HTTP/2 from end to end. */
  readonly native: Service;
  timeouts(ms: number): Timeouts;
  /** Where answers are logged. */
  readonly log: { line(text: string): void } | undefined;
}

/** Opens one server of a router; rejects when its address cannot be had. */
export function listenFor(server: ServerConfig, parts: ServerParts): Promise<Listener> {
  const { config, world, router } = parts;
  const { clock, random, log } = world;
  const metrics = parts.metrics.scope('server', `${server.ip}/${server.port}`);
  const names = failureNames[config.protocol];
  const limited = limitOf(server, metrics);
  const multiplex = config.protocol === 'http' && server.multiplex;
  const alpn = multiplex ? meshProtocols : alpnOf(config.protocol);
  const certificates = server.tls?.ingressSecrets ? ingressCertificates(config.identifier, world) : undefined;
  const tls = server.tls && serverTls(server.tls, world, alpn, certificates);
  const problem = tls?.problem();
  if (problem !== undefined) log.error({ router: config.label, port: server.port, problem }, 'tls files unusable');
  const refused = seldom<{ why: string; remote: string }>(clock, 1000, (event, leftOut) =>
    log.warn({ router: config.label, port: server.port, ...event, leftOut }, 'caller refused'),
  );
  return (multiplex ? mesh : parts.codec).listen({
    ip: server.ip,
    port: server.port,
    tls,
    limits: serverLimits(parts.limits, server),
    errorBytes: (config.protocol === 'http' ? config.maxErrResponseKB : 5120) * KB,
    compression: compressionOf(config),
    socket: socketOf(server),
    session: sessionOf(server, metrics),
    clearContext: server.clearContext,
    service: compose(
      serverStack(
        config.protocol,
        metrics,
        new RequestStats(metrics, names.server),
        serverTrace(parts.propagator, random, world.tracer, server.clearContext),
        filtersOf(server, parts),
      ),
      limited(router.limited(server.maxCallDepth)),
    ),
    native: config.protocol === 'http' ? limited(parts.native) : undefined,
    clock,
    counts: connectionCounts(metrics),
    refused: (why, remote) => refused({ why, remote }),
  });
}

/** Puts a service behind the server's limit of requests, if it has one. */
function limitOf({ maxConcurrentRequests: most }: ServerConfig, metrics: Metrics): (next: Service) => Service {
  const nacks = metrics.counter('nacks');
  if (most === undefined) return (next) => next;
  const limit = new ConcurrencyLimit(most, nacks);
  metrics.gauge(['request_concurrency'], () => limit.underWay);
  metrics.gauge(['request_queue_size'], () => 0);
  return (next) => limit.before(next);
}

function filtersOf(server: ServerConfig, { config, world, timeouts, log }: ServerParts): ServerFilters {
  const { timeoutMs, timestampHeader, addForwardedHeader } = server;
  return {
    span: world.tracer && serverSpan(world.tracer, spanOptions(server, config)),
    accessLog: log && accessLog(config.protocol, (line) => log.line(line)),
    timeout: timeoutMs === undefined ? undefined : serverTimeout(timeouts(timeoutMs), `${server.ip}/${server.port}`),
    stamp: timestampHeader === undefined ? undefined : timestamp(timestampHeader),
    forwarding: addForwardedHeader && forwarded(addForwardedHeader, config.protocol, config.label, world.random),
  };
}

function spanOptions(server: ServerConfig, { protocol, label, dtab }: HttpRouterConfig): ServerSpanOptions {
  return { protocol, router: label, server: `${server.ip}/${server.port}`, dtab: showDtab(dtab) };
}

/** Level -1 is Linkerd's way to say: texts, as zlib thinks best. */
function compressionOf(config: HttpRouterConfig): Compression | undefined {
  if (config.protocol === 'h2' || config.compressionLevel === 0) return undefined;
  const { compressionLevel: level } = config;
  return level < 0 ? { level: 6, textOnly: true } : { level, textOnly: false };
}

function socketOf({ socketOptions }: ServerConfig): ListenSocket | undefined {
  return socketOptions && { ...socketOptions, stillMs: stillMs(socketOptions) };
}

function sessionOf({ serverSession }: ServerConfig, metrics: Metrics): SessionTimes | undefined {
  if (serverSession?.idleTimeMs === undefined && serverSession?.lifeTimeMs === undefined) return undefined;
  const { idleTimeMs, lifeTimeMs } = serverSession;
  return {
    idleMs: idleTimeMs,
    lifeMs: lifeTimeMs,
    idle: metrics.counter('idle'),
    lifetime: metrics.counter('lifetime'),
  };
}

/** What the connections of a server count, under the names Linkerd gives them. */
export function connectionCounts(metrics: Metrics): ServerCounts {
  const counts: ServerCounts = {
    connects: metrics.counter('connects'),
    closes: metrics.counter('closes'),
    open: 0,
    received: 0,
    sent: 0,
  };
  metrics.gauge(['connections'], () => counts.open);
  metrics.gauge(['received_bytes'], () => counts.received);
  metrics.gauge(['sent_bytes'], () => counts.sent);
  return counts;
}
