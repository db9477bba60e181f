import { flatMetrics, metricsTree, subtree } from '../telemetry/json.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { prometheusText, prometheusType } from '../telemetry/prometheus.ts';
import { jsonType, ok, plainText, Refusal, type Route } from './route.ts';

/** `/admin/ping` and `/admin/metrics.json`: what every process answers. */
export function processRoutes(metrics: Metrics): readonly Route[] {
  return [
    { path: '/admin/ping', category: 'diagnostics', handle: () => ok(plainText, 'pong') },
    {
      path: '/admin/metrics.json',
      methods: ['GET'],
      category: 'ui',
      handle({ query }) {
        const scope = query.get('q') ?? '';
        const found = subtree(metrics, scope);
        if (found === undefined)
          return { status: 404, type: jsonType, body: JSON.stringify({ error: `No such subtree: ${scope}` }) };
        const shown = query.get('tree') === 'true' ? metricsTree(found) : flatMetrics(found, scope);
        return ok(
          jsonType,
          query.get('pretty') === 'true' ? JSON.stringify(sorted(shown), undefined, 2) : JSON.stringify(shown),
        );
      },
    },
  ];
}

/** The metrics for Prometheus, every name begun with `prefix`. */
export function prometheusRoute(metrics: Metrics, path: string, prefix: string): Route {
  return {
    path,
    methods: ['GET'],
    category: 'diagnostics',
    handle: () => ok(prometheusType, prometheusText(metrics, prefix)),
  };
}

/**
 * `POST /admin/shutdown`, with `?grace=10.seconds` to say how long requests in flight are waited for. `shutdown` is
 * called when the answer is on its way.
 */
export function shutdownRoute(shutdown: (graceMs: number | undefined) => void): Route {
  return {
    path: '/admin/shutdown',
    category: 'control',
    handle({ method, query }) {
      if (method !== 'POST') return { status: 405, type: plainText, body: '', headers: { allow: 'POST' } };
      const grace = query.get('grace');
      const graceMs = grace === null ? undefined : durationMs(grace);
      setImmediate(shutdown, graceMs);
      return { ...ok(plainText, 'quitting'), headers: { connection: 'close' } };
    },
  };
}

const unitsMs: Readonly<Record<string, number>> = {
  nanosecond: 1e-6,
  microsecond: 1e-3,
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** A duration as Twitter's libraries write it: `10.seconds`. */
function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d+)\.([a-z]+?)s?$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  if (count === undefined || unitMs === undefined) throw new Refusal(400, `not a duration such as 10.seconds: ${text}`);
  return Number(count) * unitMs;
}

function sorted(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => [key, typeof v === 'object' && v !== null ? sorted(v) : v]),
  );
}
