import { processRoutes, prometheusRoute, shutdownRoute } from '#core/admin/process-routes.ts';
import { ok, type Route } from '#core/admin/route.ts';
import type { Clock } from '#core/clock.ts';
import type { Dtab } from '#core/naming/dtab.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import type { LinkerConfig } from '../config.ts';
import { configJson } from './config-json.ts';
import { dashboard } from './dashboard.ts';
import { delegatorRoute } from './delegator.ts';
import { delegatorPage } from './delegator-page.ts';

export interface LinkerAdminDeps {
  readonly config: LinkerConfig;
  /** The configuration as it stands in the file: `written` of what loading it gave. */
  readonly written: unknown;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly routers: readonly {
    readonly label: string;
    /** Without the router's own table. */
    readonly interpreter: Interpreter;
    readonly dtab: Dtab;
  }[];
  /** An interpreter of the utility namers alone. */
  readonly utilities: Interpreter;
  /** Drains and ends the process; `graceMs` where the caller asked for another time than the configured. */
  shutdown(graceMs: number | undefined): void;
}

/** All that the linker's admin port answers. */
export function linkerAdminRoutes(deps: LinkerAdminDeps): readonly Route[] {
  const { config, written, metrics, routers } = deps;
  return [
    ...processRoutes(metrics),
    ...config.telemetry.flatMap((t) =>
      t.kind === 'io.l5d.prometheus' ? [prometheusRoute(metrics, t.path, t.prefix)] : [],
    ),
    shutdownRoute((graceMs) => deps.shutdown(graceMs)),
    delegatorRoute(deps),
    {
      path: '/config.json',
      methods: ['GET'],
      category: 'ui',
      handle: () => ok('application/json;charset=UTF-8', configJson(written, config.routers)),
    },
    { path: '/', methods: ['GET'], category: 'ui', handle: dashboard },
    { path: '/delegator', methods: ['GET'], category: 'ui', handle: () => delegatorPage(routers) },
  ];
}
