import { createSocket } from 'node:dgram';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { type Closable, nothingToClose } from '../closable.ts';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { seldom } from '../telemetry/seldom.ts';
import { packets, StatsdReport } from '../telemetry/statsd.ts';
import type { World } from '../world.ts';
import { sampleRate, type Telemeter } from './telemeter.ts';

/** What fits a packet of Ethernet with all headers. */
const PACKET = 1432;

const schema = z.strictObject({
  kind: z.literal('io.l5d.statsd'),
  prefix: z.string().default('linkerd').describe('What the names of all metrics begin with.'),
  hostname: z.string().min(1).default('127.0.0.1'),
  port: port.default(8125),
  gaugeIntervalMs: z.int().min(10).default(10_000).describe('How often everything is sent.'),
  sampleRate: sampleRate
    .default(0.01)
    .describe('The share of the values of distributions that is sent; counters lose none.'),
});

/** Sends the metrics to statsd, over UDP: what nobody takes is lost, and hurts nobody. */
export const statsdTelemeter = defineKind({
  schema,
  experimental: true,
  make(
    { prefix, hostname, port, gaugeIntervalMs, sampleRate: rate },
    { metrics, clock, random, log }: World,
  ): Telemeter {
    const report = new StatsdReport(metrics, { prefix, rate, random });
    const socket = createSocket(hostname.includes(':') ? 'udp6' : 'udp4').unref();
    const failed = seldom<string>(clock, 60_000, (problem, leftOut) =>
      log.warn({ hostname, port, problem, leftOut }, 'metrics cannot be sent to statsd'),
    );
    socket.on('error', ({ message }) => failed(message));
    const timer = every(gaugeIntervalMs, clock, () => {
      for (const packet of packets(report.lines(), PACKET))
        socket.send(packet, port, hostname, (error) => error && failed(error.message));
    });
    return {
      routes: [],
      close() {
        timer.close();
        socket.close();
      },
    };
  },
});

function every(ms: number, clock: Clock, fn: () => void): Closable {
  let timer = nothingToClose;
  const next = (): void => {
    timer = clock.after(ms, () => {
      next();
      fn();
    });
  };
  next();
  return { close: () => timer.close() };
}
