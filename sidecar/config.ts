import * as z from 'zod';
import { ip, millis, port, regex } from '#core/config/fields.ts';
import { type Loaded, load } from '#core/config/load.ts';
import { obsolete } from '#core/config/planned.ts';
import { socketOptions } from '#core/config/socket-options.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import { serverTlsSchema } from '#core/tls/config.ts';
import { conflicts, remarks } from './config/checks.ts';
import { router } from './config/router.ts';

export type { ClientTlsConfig, ServerTlsConfig } from '#core/tls/config.ts';
export { type ClientConfig, clientConfigFor } from './config/client.ts';
export type { HttpRouterConfig, Protocol, RouterConfig, TcpRouterConfig } from './config/router.ts';
export type { ServerConfig } from './config/server.ts';
export { type ClassifierConfig, type ServiceConfig, serviceConfigFor } from './config/service.ts';

const security = z.strictObject({
  uiEnabled: z.boolean().default(true),
  controlEnabled: z.boolean().default(true),
  diagnosticsEnabled: z.boolean().default(true),
  pathWhitelist: z.array(regex).default([]).describe('Paths answered although their category is off.'),
  pathBlacklist: z.array(regex).default([]).describe('Paths never answered.'),
});

const admin = z.strictObject({
  ip: ip.default('127.0.0.1'),
  port: port.default(9990),
  shutdownGraceMs: millis.default(10_000).describe('How long requests in flight are waited for at the end.'),
  workerThreads: obsolete('the admin server needs no threads of its own'),
  socketOptions: socketOptions.optional(),
  tls: serverTlsSchema.optional(),
  httpIdentifierPort: port
    .optional()
    .describe('Where any request is answered with the names it has in each http router.'),
  security: security.prefault({}),
});

/** The linker's configuration file: that of Linkerd 1.x. */
export const linkerConfig = z
  .strictObject({
    admin: admin.prefault({}),
    routers: z.array(router).default([]),
    namers: z.array(namerKinds.schema).default([]),
    telemetry: z.array(telemeterKinds.schema).default([]),
    usage: z
      .strictObject({ orgId: z.string().optional(), enabled: z.boolean().optional() })
      .optional()
      .describe('Read and not used: nothing is ever reported to anyone.'),
    workers: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe('Heddle: threads that carry requests, each with connections and watches of its own.'),
  })
  .superRefine(conflicts, { when: () => true });

export type LinkerConfig = z.output<typeof linkerConfig>;

/** Reads a linker's configuration; throws a ConfigError with all that is wrong with it. */
export function loadLinkerConfig(text: string, file: string): Loaded<LinkerConfig> {
  return load(text, file, linkerConfig, remarks);
}
