import { family } from '../config/kind.ts';
import type { World } from '../world.ts';
import { influxdbTelemeter } from './influxdb.ts';
import { prometheusTelemeter } from './prometheus.ts';
import { recentRequestsTelemeter } from './recent-requests.ts';
import { statsdTelemeter } from './statsd.ts';
import type { Telemeter } from './telemeter.ts';
import { tracelogTelemeter } from './tracelog.ts';
import { zipkinHttpTelemeter, zipkinTelemeter } from './zipkin.ts';

/** The places that what is measured can go to. The JSON metrics of the admin port need no telemeter. */
export const telemeterKinds = family<World, Telemeter>(
  'telemeter',
  [
    prometheusTelemeter,
    recentRequestsTelemeter,
    zipkinTelemeter,
    zipkinHttpTelemeter,
    tracelogTelemeter,
    influxdbTelemeter,
    statsdTelemeter,
  ],
  ['io.zipkin.kafka'],
);
