import * as z from 'zod';
import { ok, plainText } from '../admin/route.ts';
import { nothingToClose } from '../closable.ts';
import { defineKind } from '../config/kind.ts';
import { influxText } from '../telemetry/influx.ts';
import type { World } from '../world.ts';
import type { Telemeter } from './telemeter.ts';

/** The metrics on the admin port in InfluxDB's line protocol, for Telegraf to fetch. */
export const influxdbTelemeter = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.influxdb') }),
  make: (_config, { metrics }: World): Telemeter => ({
    ...nothingToClose,
    routes: [
      {
        path: '/admin/metrics/influxdb',
        methods: ['GET'],
        category: 'diagnostics',
        handle: ({ headers }) => ok(plainText, influxText(metrics, headers.host ?? 'none')),
      },
    ],
  }),
});
