import * as z from 'zod';
import { nothingToClose } from '../closable.ts';
import { logLevel } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { inSample } from '../telemetry/trace.ts';
import { zipkinSpan } from '../telemetry/zipkin.ts';
import type { World } from '../world.ts';
import { sampleRate, type Telemeter } from './telemeter.ts';

/** Logs the spans of requests, each as one line: of sampled traces, and of a share of the others. */
export const tracelogTelemeter = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.tracelog'),
    sampleRate: sampleRate.default(1),
    level: logLevel.prefault('INFO'),
  }),
  make({ sampleRate: rate, level }, { log, random }: World): Telemeter {
    if (level === 'silent') return { ...nothingToClose, routes: [] };
    const salt = (random() * 0x1_0000_0000) | 0;
    return {
      ...nothingToClose,
      routes: [],
      tracer: {
        samples: () => undefined,
        wants: (id) => id.sampled || inSample(id, rate, salt),
        record: (span) => log[level]({ logger: 'io.l5d.tracelog', span: zipkinSpan(span) }, 'span'),
      },
    };
  },
});
