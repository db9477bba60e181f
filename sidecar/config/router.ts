import * as z from 'zod';
import { dtab, millis, oneOrMore, path } from '#core/config/fields.ts';
import { choice } from '#core/config/kind.ts';
import { obsolete, planned } from '#core/config/planned.ts';
import { interpreterKinds } from '#core/interpreters/kinds.ts';
import { Path } from '#core/naming/path.ts';
import { h2IdentifierKinds, identifierKinds, tcpIdentifierKinds } from '../identifiers/kinds.ts';
import { propagatorKinds } from '../propagators/kinds.ts';
import { append, logFile, rollPolicy, rotateCount } from './access-log.ts';
import { h2Client, httpClient, tcpClient } from './client.ts';
import { h2Server, httpServer } from './server.ts';
import { h2Service, httpService } from './service.ts';
import { everyServerNames, idleTimeoutMs, tcpServer, tcpService } from './tcp.ts';

const cacheSize = z.int().min(0).default(1000);

const kilobytes = (size: number) => z.int().min(1).default(size);

const streams = obsolete('bodies of any size are streamed since Linkerd 1.6');

/** What every protocol's router has. */
const common = {
  label: z.string().optional(),
  dtab: dtab.default([]),
  dstPrefix: path.default(Path.of('svc')).describe('What the names of requests begin with.'),
  interpreter: interpreterKinds.schema.default({ kind: 'default' }),
  bindingTimeoutMs: millis.default(10_000).describe('How long a request waits for its name to be bound.'),
  bindingCache: z
    .strictObject({
      paths: cacheSize,
      trees: cacheSize,
      bounds: cacheSize,
      clients: cacheSize,
      idleTtlSecs: z.int().min(0).default(600),
    })
    .prefault({}),
  originator: z.boolean().default(false),
  enforceDeadlines: z
    .boolean()
    .default(false)
    .describe('Heddle: refuse and end requests whose `l5d-ctx-deadline` is over. Else it is passed on, as in Linkerd.'),
  experimental: z.boolean().default(false),
  announcers: planned,
};

const httpRouter = z.strictObject({
  protocol: z.literal('http'),
  ...common,
  servers: z.array(httpServer).default([]),
  client: httpClient.prefault({}),
  service: httpService.prefault({}),
  identifier: oneOrMore(identifierKinds.schema, 'identifier').optional(),
  maxHeadersKB: kilobytes(8),
  maxInitialLineKB: kilobytes(4),
  maxErrResponseKB: kilobytes(5120),
  streamAfterContentLengthKB: z
    .int()
    .min(0)
    .optional()
    .describe('Larger bodies are not gathered before they go on; 5 unless it is given.'),
  streamingEnabled: z.boolean().default(true).describe('Off: bodies are taken whole before they go on, up to 64 MB.'),
  compressionLevel: z
    .int()
    .min(-1)
    .max(9)
    .default(-1)
    .describe('How hard answers are compressed for callers that want it; 0: not at all, -1: texts only, as at 6.'),
  tracePropagator: propagatorKinds.schema.default({ kind: 'io.l5d.default' }),
  httpAccessLog: logFile,
  httpAccessLogRollPolicy: rollPolicy,
  httpAccessLogAppend: append,
  httpAccessLogRotateCount: rotateCount,
  loggers: planned,
  maxRequestKB: streams,
  maxResponseKB: streams,
  maxChunkKB: streams,
});

const h2Router = z.strictObject({
  protocol: z.literal('h2'),
  ...common,
  servers: z.array(h2Server).default([]),
  client: h2Client.prefault({}),
  service: h2Service.prefault({}),
  identifier: oneOrMore(h2IdentifierKinds.schema, 'identifier').optional(),
  tracePropagator: propagatorKinds.schema.default({ kind: 'io.l5d.default' }),
  h2AccessLog: logFile,
  h2AccessLogRollPolicy: rollPolicy,
  h2AccessLogAppend: append,
  h2AccessLogRotateCount: rotateCount,
});

const tcpRouter = z
  .strictObject({
    protocol: z.literal('tcp'),
    ...common,
    servers: z.array(tcpServer).default([]),
    client: tcpClient.prefault({}),
    service: tcpService.prefault({}),
    identifier: oneOrMore(tcpIdentifierKinds.schema, 'identifier').optional(),
    idleTimeoutMs: idleTimeoutMs.describe('How long a tunnel may carry nothing in either direction.'),
  })
  .superRefine(everyServerNames);

/** One router. Its label is the protocol's name unless it is given. */
export const router = choice(
  'protocol',
  'protocol',
  [httpRouter, h2Router, tcpRouter],
  ['thrift', 'mux', 'thriftmux'],
).transform((config) => ({
  ...config,
  label: config.label ?? config.protocol,
  identifier: config.identifier ?? [],
}));

export type RouterConfig = z.output<typeof router>;
export type TcpRouterConfig = Extract<RouterConfig, { protocol: 'tcp' }>;
/** A router of requests. */
export type HttpRouterConfig = Exclude<RouterConfig, TcpRouterConfig>;
export type Protocol = RouterConfig['protocol'];
