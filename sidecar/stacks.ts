import type { Metrics } from '#core/telemetry/metrics.ts';
import type { Protocol } from './config.ts';
import { forwardClientCert } from './filters/client-cert.ts';
import { contextHeaders } from './filters/context.ts';
import { incomingDeadline } from './filters/deadlines.ts';
import { grpcDeadline } from './filters/grpc-deadline.ts';
import { keepAtMost } from './filters/keep-at-most.ts';
import { clientStats, type RequestStats, serverStats, serviceStats } from './filters/request-stats.ts';
import { clientStatus, serverStatus } from './filters/status-stats.ts';
import { lateSuccessClass, successClass } from './filters/success-class.ts';
import { attemptTimeout, totalTimeout } from './filters/time-limits.ts';
import { clientTrace } from './filters/tracing.ts';
import { tunnelAuthority } from './filters/tunnel-authority.ts';
import { tunnelStats } from './filters/tunnel-stats.ts';
import type { TracePropagator } from './propagators/propagator.ts';
import type { Alarms } from './router/alarms.ts';
import type { Filter, Stack } from './router/service.ts';
import type { Timeouts } from './router/timeouts.ts';

// The order of the stages is the design: each list is in the order a request meets them, with the reason beside it.
// Compare Linkerd 1.x, StackRouter.newPathStack and StackClient.newStack.

/** Once a request, before it has a name. */
export const serverStack = (
  protocol: 'http' | 'h2',
  metrics: Metrics,
  stats: RequestStats,
  trace: Filter,
  { span, accessLog, timeout, stamp, forwarding }: ServerFilters,
): Stack => [
  serverStatus(metrics), // outermost: counts what the caller sees
  serverStats(stats, protocol),
  trace, // before anything that logs or forwards
  ...some(span), // the server span: all that follows is in it
  ...some(accessLog), // the answer as the stages below give it
  incomingDeadline, // before a time-out makes it tighter
  ...some(timeout), // covers all that follows
  ...some(stamp), // the time the request came
  ...some(forwarding), // by the connection the request came on
];

/** Once a tunnel. */
export const tunnelServerStack = (metrics: Metrics, stats: RequestStats): Stack => [
  tunnelStats(metrics, 'server'), // outermost: when nothing more can be carried
  serverStats(stats, 'tcp'),
];

/** What only some servers have. */
export interface ServerFilters {
  readonly span?: Filter | undefined;
  readonly accessLog?: Filter | undefined;
  readonly timeout?: Filter | undefined;
  readonly stamp?: Filter | undefined;
  readonly forwarding?: Filter | undefined;
}

const tellsClass = { http: successClass, h2: lateSuccessClass, tcp: undefined };

/** Once a request, for its logical name; Retries and Binding follow. */
export const pathStack = (
  protocol: Protocol,
  stats: RequestStats,
  { total, keepBytes, alarms }: PathFilters,
): Stack => [
  ...some(keepBytes === undefined ? undefined : keepAtMost(keepBytes)), // before any of the body flows
  ...some(tellsClass[protocol]), // what the caller gets to know, after all retries
  serviceStats(stats), // the logical success rate: retries are hidden
  ...some(total && totalTimeout(total)), // covers all attempts and the waits between them
  ...some(alarms && grpcDeadline(alarms)), // the same
];

/** What only some names have. */
export interface PathFilters {
  readonly total?: Timeouts | undefined;
  readonly keepBytes?: number | undefined;
  readonly alarms?: Alarms | undefined;
}

/** Once an attempt, for the cluster it goes to. */
export const boundStack = (random: () => number, propagator: TracePropagator, span: Filter | undefined): Stack => [
  clientTrace(random), // a new span each attempt; requeues repeat it
  ...some(span), // the client span: all endpoints tried for the attempt
  contextHeaders(propagator), // after the trace; before the balancer, which may send the same bytes twice
];

/** Once an attempt, for the client; the balancer follows. */
export const clientStack = (metrics: Metrics, forwardsCert: boolean): Stack => [
  clientStatus(metrics), // outside the balancer: an attempt counts once, however many endpoints were tried
  ...some(forwardsCert ? forwardClientCert : undefined), // after the context headers, which begin anew each attempt
];

/** Once an attempt at a tunnel; the balancer follows. */
export const tunnelClientStack = (metrics: Metrics, prefix: string): Stack => [
  tunnelStats(metrics, 'client'), // outside the balancer: one tunnel, however many endpoints were tried
  tunnelAuthority(prefix), // the name is known by now
];

/** Once an endpoint tried; the connection follows. */
export const endpointStack = (stats: RequestStats, attempt: Timeouts | undefined, clientName: string): Stack => [
  clientStats(stats), // outside the time-out: a time-out is a failure
  ...some(attempt && attemptTimeout(attempt, clientName)),
];

function some(filter: Filter | undefined): readonly Filter[] {
  return filter === undefined ? [] : [filter];
}
