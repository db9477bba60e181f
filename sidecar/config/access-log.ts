import * as z from 'zod';
import type { RollPolicy } from '#core/telemetry/roll-policy.ts';

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** When a new file is begun, as Linkerd writes it: `never`, `hourly`, `daily`, `weekly(1)` (Sunday) to `weekly(7)`, or a size. */
export const rollPolicy = z
  .union([z.string(), z.int()])
  .default('never')
  .transform((text, context): RollPolicy => {
    const policy = read(String(text).trim().toLowerCase());
    if (policy !== undefined) return policy;
    const message = `'${text}' is no roll policy: never, hourly, daily, weekly(1) to weekly(7), or a size such as 20MB`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

function read(text: string): RollPolicy | undefined {
  if (text === 'never' || text === 'hourly' || text === 'daily') return { kind: text };
  const day = /^weekly\(([1-7])\)$/.exec(text)?.[1];
  if (day !== undefined) return { kind: 'weekly', day: Number(day) };
  const [, number, unit = 'b'] = /^(\d{1,12})[. ]?((?:[kmgt]|kilo|mega|giga|tera)?(?:b|bytes?)?)$/.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit[0] ?? 'b'] ?? 1);
  return bytes > 0 ? { kind: 'size', bytes } : undefined;
}

export const logFile = z.string().min(1).optional().describe('The file that gets a line for every answer.');

export const append = z.boolean().default(true).describe('Whether what the file held at the start stays.');

export const rotateCount = z
  .int()
  .min(-1)
  .default(-1)
  .describe('How many of the older files are kept; -1 for all of them.');

/** The access log of a router of either protocol; undefined without one. */
export function accessLogOf(config: AccessLogKeys | { readonly protocol: 'tcp' }): AccessLogConfig | undefined {
  if (config.protocol === 'tcp') return undefined;
  const h2 = config.protocol === 'h2';
  const file = h2 ? config.h2AccessLog : config.httpAccessLog;
  if (file === undefined) return undefined;
  return h2
    ? {
        file,
        roll: config.h2AccessLogRollPolicy,
        append: config.h2AccessLogAppend,
        keep: config.h2AccessLogRotateCount,
      }
    : {
        file,
        roll: config.httpAccessLogRollPolicy,
        append: config.httpAccessLogAppend,
        keep: config.httpAccessLogRotateCount,
      };
}

export interface AccessLogConfig {
  readonly file: string;
  readonly roll: RollPolicy;
  readonly append: boolean;
  /** Older files kept; -1 for all. */
  readonly keep: number;
}

type Keys<P extends 'http' | 'h2'> = { readonly protocol: P } & {
  readonly [K in `${P}AccessLog`]?: string | undefined;
} & {
  readonly [K in `${P}AccessLogRollPolicy`]: RollPolicy;
} & { readonly [K in `${P}AccessLogAppend`]: boolean } & { readonly [K in `${P}AccessLogRotateCount`]: number };

type AccessLogKeys = Keys<'http'> | Keys<'h2'>;
