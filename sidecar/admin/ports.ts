import type { Route } from '#core/admin/route.ts';
import { allowing } from '#core/admin/security.ts';
import { type AdminServer, startAdmin } from '#core/admin/server.ts';
import type { Clock } from '#core/clock.ts';
import { stillMs } from '#core/config/socket-options.ts';
import type { Log } from '#core/telemetry/log.ts';
import { serverTls } from '#core/tls/server.ts';
import type { LinkerConfig } from '../config.ts';
import { type Identifying, identifyRoute } from './identify.ts';
import { type LinkerAdminDeps, linkerAdminRoutes } from './routes.ts';

/**
 * Opens the admin port, and `httpIdentifierPort` where there is one. Rejects, with nothing left open, where a port
 * cannot be had or its certificate is unusable.
 */
export async function openAdmin(
  deps: LinkerAdminDeps,
  http: readonly Identifying[],
  log: Log,
  fresh: (route: Route) => Route = (route) => route,
): Promise<AdminServer> {
  const { ip, port, security, httpIdentifierPort, socketOptions } = deps.config.admin;
  const tls = adminTls(deps.config, deps.clock, log);
  const routes = linkerAdminRoutes(deps).map(fresh);
  const socket = socketOptions && { ...socketOptions, stillMs: stillMs(socketOptions) };
  const admin = await startAdmin({ ip, port, routes, allows: allowing(security), tls, socket, log });
  log.info({ ip, port: admin.port }, 'serving http admin');
  if (httpIdentifierPort === undefined) return admin;
  try {
    const naming = await startAdmin({
      ...{ ip, port: httpIdentifierPort, socket, log },
      routes: [],
      otherwise: identifyRoute(http),
    });
    log.info({ ip, port: naming.port }, 'serving names of requests');
    return {
      port: admin.port,
      close: async () => {
        await Promise.all([naming.close(), admin.close()]);
      },
    };
  } catch (error) {
    await admin.close();
    throw error;
  }
}

function adminTls({ admin }: LinkerConfig, clock: Clock, log: Log) {
  if (admin.tls === undefined) return undefined;
  const tls = serverTls(admin.tls, { clock, log });
  const problem = tls.problem();
  if (problem === undefined) return tls;
  tls.close();
  throw new Error(`admin.tls: ${problem}`);
}
