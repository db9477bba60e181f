import { stillMs } from '#core/config/socket-options.ts';
import { seldom } from '#core/telemetry/seldom.ts';
import { serverTls } from '#core/tls/server.ts';
import type { TcpServerConfig } from './config/tcp.ts';
import type { TcpRouterConfig } from './config.ts';
import { failureNames } from './filters/failure-names.ts';
import { RequestStats } from './filters/request-stats.ts';
import type { Listener } from './protocol/listener.ts';
import { tcp, tcpMesh } from './protocol/tcp-codec.ts';
import { ConcurrencyLimit } from './router/concurrency-limit.ts';
import type { Exchange } from './router/exchange.ts';
import { compose } from './router/service.ts';
import { connectionCounts, type ServerParts } from './router-server.ts';
import { tunnelServerStack } from './stacks.ts';

/** Opens one server of a tcp router; rejects when its address cannot be had. */
export function listenForTcp(
  server: TcpServerConfig,
  config: TcpRouterConfig,
  { world, limits, router, ...parts }: Omit<ServerParts, 'config' | 'codec' | 'native'>,
): Promise<Listener> {
  const { clock, log } = world;
  const metrics = parts.metrics.scope('server', `${server.ip}/${server.port}`);
  const tls = server.tls && serverTls(server.tls, world, server.multiplex ? ['h2'] : []);
  const problem = tls?.problem();
  if (problem !== undefined) log.error({ router: config.label, port: server.port, problem }, 'tls files unusable');
  const warn = seldom<object>(clock, 1000, (event, leftOut) =>
    log.warn({ router: config.label, port: server.port, ...event, leftOut }, 'caller refused'),
  );
  const named = router.limited(1000);
  const fixed = server.dst && router.fixed(server.dst.show);
  // A linker says where a tunnel goes; an application does not.
  const route = { send: (x: Exchange) => (fixed !== undefined && x.request.host === '' ? fixed : named).send(x) };
  const { socketOptions } = server;
  return (server.multiplex ? tcpMesh : tcp).listen({
    ip: server.ip,
    port: server.port,
    tls,
    limits,
    errorBytes: 1024,
    socket: socketOptions && { ...socketOptions, stillMs: stillMs(socketOptions) },
    clearContext: false,
    service: compose(
      tunnelServerStack(metrics, new RequestStats(metrics, failureNames.tcp.server)),
      new ConcurrencyLimit(server.maxConnections, metrics.counter('nacks')).before(route),
    ),
    native: undefined,
    clock,
    idleMs: config.idleTimeoutMs,
    counts: connectionCounts(metrics),
    refused: (why, remote) => warn({ why, remote }),
  });
}
