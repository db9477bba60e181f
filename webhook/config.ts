import * as z from 'zod';
import { list, meshOptions } from './mesh-options.ts';

const port = z.coerce.number().int().min(0).max(65535);

/** Options of the injector's process. */
export const injectorOptions = meshOptions.extend({
  ip: z.string().default('0.0.0.0'),
  port: port.default(8443),
  linkerConfig: z.string().min(1).default('/etc/heddle/linker'),
  webhookConfiguration: z.string().default('heddle-injector'),
  webhookSecret: z.string().default('heddle-injector-tls'),
  serviceName: z.string().default('heddle-injector'),
  serverName: list,
  drainSeconds: z.coerce.number().min(0).default(10),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  standalone: z.boolean().default(false),
  namespaces: z.string().optional(),
  caFile: z.string().optional(),
});

export type InjectorOptions = z.output<typeof injectorOptions>;
