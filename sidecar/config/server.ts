import * as z from 'zod';
import { ip, port } from '#core/config/fields.ts';
import { planned } from '#core/config/planned.ts';
import { serverTlsSchema } from '#core/tls/config.ts';

/** A server of an http router. */
export const httpServer = z.strictObject({
  port: port.default(4140),
  ip: ip.default('127.0.0.1'),
  label: z.string().optional().describe('Read and not used, as in Linkerd.'),
  tls: serverTlsSchema.optional(),
  clearContext: z
    .boolean()
    .default(false)
    .describe('Drop all `l5d-` headers that callers send and that answers carry.'),
  maxCallDepth: z.int().default(1000).describe('Refuse requests that have passed this many proxies, by their Via.'),
  maxConcurrentRequests: planned,
  timeoutMs: planned,
  serverSession: planned,
  socketOptions: planned,
  addForwardedHeader: planned,
  timestampHeader: planned,
  announce: planned,
});

export type ServerConfig = z.output<typeof httpServer>;
