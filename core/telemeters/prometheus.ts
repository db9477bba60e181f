import * as z from 'zod';
import { prometheusRoute } from '../admin/process-routes.ts';
import { nothingToClose } from '../closable.ts';
import { defineKind } from '../config/kind.ts';
import type { World } from '../world.ts';
import type { Telemeter } from './telemeter.ts';

/** The metrics on the admin port, for Prometheus to fetch. */
export const prometheusTelemeter = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.prometheus'),
    path: z.string().startsWith('/').default('/admin/metrics/prometheus'),
    prefix: z.string().default('').describe('What the names of all metrics begin with.'),
  }),
  make: ({ path, prefix }, { metrics }: World): Telemeter => ({
    ...nothingToClose,
    routes: [prometheusRoute(metrics, path, prefix)],
  }),
});
