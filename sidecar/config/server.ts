import * as z from 'zod';
import { ip, port, timeoutMs } from '#core/config/fields.ts';
import { planned } from '#core/config/planned.ts';
import { socketOptions } from '#core/config/socket-options.ts';
import { routerTlsSchema } from '#core/tls/config.ts';
import { forwardedHeader } from './forwarded.ts';

/** A server of an http router. */
export const httpServer = z.strictObject({
  port: port.default(4140),
  ip: ip.default('127.0.0.1'),
  label: z.string().optional().describe('Read and not used, as in Linkerd.'),
  tls: routerTlsSchema.optional(),
  clearContext: z
    .boolean()
    .default(false)
    .describe('Drop all `l5d-` headers that callers send and that answers carry.'),
  multiplex: z
    .boolean()
    .default(false)
    .describe('Heddle: take HTTP/2 from other linkers too, where TLS offers it; the requests stay HTTP/1.1.'),
  addForwardedHeader: forwardedHeader.optional().describe('Tell origins in `Forwarded` who called.'),
  maxCallDepth: z.int().default(1000).describe('Refuse requests that have passed this many proxies, by their Via.'),
  maxConcurrentRequests: z
    .int()
    .min(1)
    .optional()
    .describe('Requests in hand at a time; whoever comes beyond is told at once to try elsewhere.'),
  timeoutMs: timeoutMs.describe('How long a request may take to the head of its response, as this server counts.'),
  serverSession: z
    .strictObject({
      idleTimeMs: timeoutMs.describe('Close connections that carry no request for so long.'),
      lifeTimeMs: timeoutMs.describe('Close connections this old, when what is under way on them has ended.'),
    })
    .optional(),
  socketOptions: socketOptions.optional(),
  timestampHeader: z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'not the name of a header' })
    .optional()
    .describe('The header that tells origins when a request came, in milliseconds since 1970.'),
  announce: planned,
});

/** A server of an h2 router. */
export const h2Server = httpServer.extend({
  port: port.default(4142),
  maxConcurrentStreamsPerConnection: z.int().min(1).default(1000).describe('Streams a caller may have open at once.'),
  initialStreamWindowBytes: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .default(65_535)
    .describe('Body bytes a stream takes unasked.'),
  maxHeaderListBytes: z.int().min(1).optional().describe('What the headers of a request may come to, decoded.'),
  headerTableBytes: z.int().min(0).default(4096),
  maxFrameBytes: z.int().min(16_384).max(16_777_215).default(16_384),
  windowUpdateRatio: z.number().min(0).max(1).default(0.99),
});

export type ServerConfig = z.output<typeof httpServer> | z.output<typeof h2Server>;
