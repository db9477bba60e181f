import * as z from 'zod';
import { port } from '#core/config/fields.ts';
import { choice } from '#core/config/kind.ts';

const experimental = z.boolean().optional();

const sampleRate = z
  .number({ error: 'sampleRate must be between 0.0 and 1.0' })
  .refine((rate) => rate >= 0 && rate <= 1, {
    error: 'sampleRate must be between 0.0 and 1.0',
  });

/** A telemeter. The JSON metrics need none. */
export const telemeter = choice(
  'kind',
  'telemeter',
  [
    z.strictObject({
      kind: z.literal('io.l5d.prometheus'),
      path: z.string().startsWith('/').default('/admin/metrics/prometheus'),
      prefix: z.string().default('').describe('What the names of all metrics begin with.'),
      experimental,
    }),
    z.strictObject({
      kind: z.literal('io.l5d.recentRequests'),
      sampleRate,
      capacity: z.int().min(1).default(10),
      experimental,
    }),
    z.strictObject({
      kind: z.literal('io.l5d.zipkin'),
      host: z.string().default('localhost'),
      port: port.default(9410),
      sampleRate: sampleRate.default(0.001),
      experimental,
    }),
  ],
  ['io.l5d.influxdb', 'io.l5d.statsd', 'io.l5d.tracelog', 'io.zipkin.http', 'io.zipkin.kafka'],
);

export type TelemeterConfig = z.output<typeof telemeter>;
