import { indexRoutes } from '#core/admin/index-routes.ts';
import { loggingRoutes } from '#core/admin/logging.ts';
import type { Links } from '#core/admin/page.ts';
import { processRoutes, shutdownRoute } from '#core/admin/process-routes.ts';
import { ok, type Route } from '#core/admin/route.ts';
import { serverInfoRoute } from '#core/admin/server-info.ts';
import type { Clock } from '#core/clock.ts';
import type { Dtab } from '#core/naming/dtab.ts';
import type { Interpreter, Namer, StoredTable } from '#core/naming/namer.ts';
import type { Telemeter } from '#core/telemeters/telemeter.ts';
import type { LeveledLog } from '#core/telemetry/log.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { version } from '#core/version.ts';
import type { LinkerConfig } from '../config.ts';
import type { ClientState } from '../router/clients.ts';
import { boundNamesRoute } from './bound-names.ts';
import { clientStateRoute } from './client-state.ts';
import { configJson } from './config-json.ts';
import { dashboard } from './dashboard.ts';
import { delegatorRoute } from './delegator.ts';
import { delegatorPage } from './delegator-page.ts';
import { links } from './links.ts';
import { interpreterStateRoutes, namerStateRoutes } from './naming-state.ts';

export interface LinkerAdminDeps {
  readonly config: LinkerConfig;
  /** The configuration as it stands in the file: `written` of what loading it gave. */
  readonly written: unknown;
  readonly metrics: Metrics;
  readonly telemeters: readonly Telemeter[];
  readonly clock: Clock;
  readonly log: LeveledLog;
  readonly namers: readonly Pick<Namer, 'prefix' | 'names' | 'followed'>[];
  readonly routers: readonly {
    readonly label: string;
    /** Without the router's own table. */
    readonly interpreter: Interpreter;
    readonly dtab: Dtab;
    /** The table its interpreter reads from elsewhere, if it does. */
    readonly stored?: StoredTable | undefined;
    /** The clients there are. */
    readonly clients: readonly ClientState[];
  }[];
  /** An interpreter of the utility namers alone. */
  readonly utilities: Interpreter;
  /** Drains and ends the process; `graceMs` where the caller asked for another time than the configured. */
  shutdown(graceMs: number | undefined): void;
}

/** All that the linker's admin port answers. */
export function linkerAdminRoutes(deps: LinkerAdminDeps): readonly Route[] {
  const { config, written, metrics, routers, clock } = deps;
  const more = deps.telemeters.flatMap(({ page }) => page ?? []);
  const pages: Links = [...links, ...more.map(({ path, text }) => [path, text] as const)];
  const routes: readonly Route[] = [
    ...processRoutes(metrics),
    serverInfoRoute('heddle linker', version, clock),
    ...loggingRoutes(deps.log, pages),
    ...deps.telemeters.flatMap(({ routes }) => routes),
    shutdownRoute((graceMs) => deps.shutdown(graceMs)),
    delegatorRoute(deps),
    {
      path: '/config.json',
      methods: ['GET'],
      category: 'ui',
      handle: () => ok('application/json;charset=UTF-8', configJson(written, config.routers)),
    },
    clientStateRoute(() => routers.flatMap((router) => router.clients)),
    boundNamesRoute(deps.namers, clock),
    ...namerStateRoutes(deps.namers),
    ...interpreterStateRoutes(routers),
    { path: '/', methods: ['GET'], category: 'ui', handle: () => dashboard(pages) },
    { path: '/delegator', methods: ['GET'], category: 'ui', handle: () => delegatorPage(routers, pages) },
    ...more.map(
      ({ path, show }): Route => ({ path, methods: ['GET'], category: 'diagnostics', handle: () => show(pages) }),
    ),
  ];
  return [...routes, ...indexRoutes(routes, pages)];
}
