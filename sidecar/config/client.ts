import * as z from 'zod';
import { timeoutMs } from '#core/config/fields.ts';
import type { KindConfig } from '#core/config/kind.ts';
import { planned } from '#core/config/planned.ts';
import { type SocketOptions, socketOptions } from '#core/config/socket-options.ts';
import type { Path } from '#core/naming/path.ts';
import { type Captures, substitute } from '#core/naming/path-matcher.ts';
import { type ClientTlsConfig, clientTlsSchema } from '#core/tls/config.ts';
import { accrualKinds } from '../accrual/kinds.ts';
import { balancerKinds } from '../balancers/kinds.ts';
import { type BudgetConfig, defaultBudget } from '../router/budget.ts';
import { budget } from './budget.ts';
import { type Entry, mergedFor, perName } from './matching.ts';

/** As Linkerd: a missing `commonName` is no error here, though no certificate will do. */
const clientTls = z
  .strictObject(clientTlsSchema.shape)
  .refine((tls) => !tls.disableValidation || tls.clientAuth === undefined, {
    error: 'requirement failed: disableValidation: true is incompatible with clientAuth',
  });

/** As in Linkerd, only where each request needs a connection of its own: HTTP/1.1. */
const hostConnectionPool = z.strictObject({
  minSize: z.int().min(0).default(0).describe('Connections to an endpoint kept however long they are idle.'),
  maxSize: z.int().min(1).optional().describe('Connections to an endpoint at most; requests beyond wait for one.'),
  idleTimeMs: timeoutMs.describe('How long further connections are kept without use.'),
  maxWaiters: z.int().min(0).optional().describe('Requests that may wait for a connection; more fail.'),
});

const clientSession = z.strictObject({
  idleTimeMs: timeoutMs.describe('Close connections that carry no request for so long.'),
  lifeTimeMs: timeoutMs.describe('Close connections this old, when what is under way on them has ended.'),
});

const params = z.strictObject({
  tls: clientTls.optional(),
  loadBalancer: balancerKinds.schema.optional(),
  failureAccrual: accrualKinds.schema.optional().describe('When an endpoint is left alone because it fails.'),
  failFast: z
    .boolean()
    .optional()
    .describe('Send nothing to an endpoint that refused a connection until it has been reconnected.'),
  requestAttemptTimeoutMs: timeoutMs.describe('How long one attempt may take to the head of its response.'),
  requeueBudget: budget.optional().describe('Attempts that provably never reached the application and are made again.'),
  multiplex: z
    .boolean()
    .optional()
    .describe('Heddle: carry requests over HTTP/2 between linkers. Without it, where the mesh knows of a linker.'),
  forwardClientCert: z
    .boolean()
    .optional()
    .describe('Tell origins in `x-forwarded-client-cert` the certificate of the caller.'),
  hostConnectionPool: hostConnectionPool.optional(),
  clientSession: clientSession.optional(),
  socketOptions: socketOptions.optional(),
  requestAuthorizers: planned,
});

type ClientParams = z.output<typeof params>;

/** What an h2 client has besides; all but the window are read and not used: the codec has them fixed. */
const h2Params = params.extend({
  maxConcurrentStreamsPerConnection: z.int().min(1).optional(),
  initialStreamWindowBytes: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  maxHeaderListBytes: z.int().min(1).optional(),
  headerTableBytes: z.int().min(0).optional(),
  maxFrameBytes: z.int().min(16_384).max(16_777_215).optional(),
  windowUpdateRatio: z.number().min(0).max(1).optional(),
});

/** The `client` section of an http router, that of an h2 router, and that of a tcp router. */
export const httpClient = perName(params, 'client');
export const h2Client = perName(h2Params, 'client');
/** A tunnel is a connection of its own: there is no pool, and nothing of a request. */
export const tcpClient = perName(
  params.omit({ forwardClientCert: true, requestAuthorizers: true, hostConnectionPool: true, clientSession: true }),
  'client',
);

/** What holds for one client, defaults filled in. */
export interface ClientConfig {
  /** Absent: plain text. Its `commonName` is complete, nothing is left to substitute. */
  readonly tls?: ClientTlsConfig;
  /** Whether to multiplex; undefined: where the endpoint is known to be a linker. */
  readonly multiplex?: boolean;
  readonly loadBalancer: KindConfig;
  readonly failureAccrual: KindConfig;
  readonly failFast: boolean;
  readonly requestAttemptTimeoutMs?: number;
  readonly requeueBudget: BudgetConfig;
  readonly forwardClientCert: boolean;
  /** Absent: connections to an endpoint are not limited, and kept. */
  readonly hostConnectionPool?: z.output<typeof hostConnectionPool>;
  readonly clientSession?: z.output<typeof clientSession>;
  readonly socketOptions?: SocketOptions;
}

const byDefault = {
  loadBalancer: balancerKinds.schema.parse({ kind: 'p2c' }),
  failureAccrual: accrualKinds.schema.parse({ kind: 'io.l5d.consecutiveFailures' }),
};

/** What a `client` section says of the client with this id, such as `/#/io.l5d.fs/web`. */
export function clientConfigFor(router: { readonly client: readonly Entry<ClientParams>[] }, id: Path): ClientConfig {
  const {
    tls,
    loadBalancer = byDefault.loadBalancer,
    failureAccrual = byDefault.failureAccrual,
    failFast = false,
    requestAttemptTimeoutMs,
    requeueBudget,
    multiplex,
    forwardClientCert = false,
    hostConnectionPool,
    clientSession,
    socketOptions,
  } = mergedFor(router.client, id, named);
  return {
    ...(tls?.enabled && { tls }),
    ...(multiplex !== undefined && { multiplex }),
    ...(requestAttemptTimeoutMs !== undefined && { requestAttemptTimeoutMs }),
    ...(hostConnectionPool !== undefined && { hostConnectionPool }),
    ...(clientSession !== undefined && { clientSession }),
    ...(socketOptions !== undefined && { socketOptions }),
    loadBalancer,
    failureAccrual,
    failFast,
    requeueBudget: requeueBudget ?? defaultBudget,
    forwardClientCert,
  };
}

function named(own: ClientParams, captures: Captures): ClientParams {
  if (own.tls?.commonName === undefined) return own;
  return { ...own, tls: { ...own.tls, commonName: substitute(own.tls.commonName, captures) } };
}
