import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind, type KindConfig } from '../config/kind.ts';
import { seldom } from '../telemetry/seldom.ts';
import { SpanSender } from '../telemetry/span-sender.ts';
import { inSample } from '../telemetry/trace.ts';
import { zipkinSpan } from '../telemetry/zipkin.ts';
import type { World } from '../world.ts';
import { sampleRate, type Telemeter } from './telemeter.ts';

/** Where Zipkin takes spans over HTTP; Scribe was on 9410. */
const HTTP_PORT = 9411;
const PATH = '/api/v2/spans';

const collector = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:/.test(text) && new URL(text).username === '', {
    error: 'not a URL such as http://zipkin:9411/api/v2/spans',
  });

const schema = z.strictObject({
  kind: z.literal('io.l5d.zipkin'),
  url: collector.optional().describe('Heddle: where spans are posted; http://localhost:9411/api/v2/spans without it.'),
  host: z.string().min(1).optional().describe('Of the old Scribe collector: `url` says where to post instead.'),
  port: port.optional().describe('Of the old Scribe collector, not used.'),
  sampleRate: sampleRate.default(0.001).describe('The share of traces recorded where nobody has decided yet.'),
});

type ZipkinConfig = z.output<typeof schema>;

/** Sends the spans of sampled requests to Zipkin, by its HTTP API, version 2. */
export const zipkinTelemeter = defineKind({
  schema,
  make: (config, world: World): Telemeter => zipkin(urlOf(config), config.sampleRate, world),
});

/** The plugin of that name, as far as it says where to send what. */
export const zipkinHttpTelemeter = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.zipkin.http'),
    host: z
      .string()
      .regex(/^[^\s/@]+$/)
      .default('localhost:9411')
      .describe('Host and port of Zipkin.'),
    hostHeader: z.string().optional().describe('Read and not used.'),
    compressionEnabled: z.boolean().optional().describe('Read and not used.'),
    initialSampleRate: sampleRate.default(0.001),
  }),
  make: ({ host, initialSampleRate }, world: World): Telemeter =>
    zipkin(new URL(`http://${host}${PATH}`), initialSampleRate, world),
});

/** What the writer of a configuration for Scribe has to know. */
export function scribeRemark(config: KindConfig): string | undefined {
  if (config.kind !== 'io.l5d.zipkin') return undefined;
  const { host, port, url } = config as ZipkinConfig;
  if (host === undefined && port === undefined) return undefined;
  const instead = `write \`url: ${urlOf({ host, url })}\` instead of host and port`;
  return `spans are posted to ${urlOf({ host, url })}, Scribe is not spoken: ${instead}`;
}

function urlOf({ url, host = 'localhost' }: Pick<ZipkinConfig, 'url' | 'host'>): URL {
  if (url !== undefined) return new URL(url);
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${HTTP_PORT}${PATH}`);
}

function zipkin(url: URL, rate: number, { clock, metrics, random, log }: World): Telemeter {
  const salt = (random() * 0x1_0000_0000) | 0;
  const failed = seldom<string>(clock, 60_000, (problem, leftOut) =>
    log.warn({ url: url.href, problem, leftOut }, 'spans cannot be sent to zipkin'),
  );
  const sender = new SpanSender({ url, clock, metrics: metrics.scope('zipkin'), failed });
  return {
    routes: [],
    tracer: {
      samples: (id) => inSample(id, rate, salt),
      wants: (id) => id.sampled,
      record: (span) => sender.add(zipkinSpan(span)),
    },
    close: () => sender.close(),
  };
}
