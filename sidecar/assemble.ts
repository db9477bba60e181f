import type { AdminServer } from '#core/admin/server.ts';
import { systemClock } from '#core/clock.ts';
import { closeAll } from '#core/closable.ts';
import type { Loaded } from '#core/config/load.ts';
import { makeInterpreter } from '#core/interpreters/make-interpreter.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import type { LeveledLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { processMetrics } from '#core/telemetry/process.ts';
import { allTracers } from '#core/telemetry/tracer.ts';
import { rollWindows } from '#core/telemetry/windows.ts';
import type { World } from '#core/world.ts';
import { openAdmin } from './admin/ports.ts';
import type { LinkerAdminDeps } from './admin/routes.ts';
import type { LinkerConfig } from './config.ts';
import { HttpRouter } from './http-router.ts';

/** A running linker. */
export interface Linker {
  readonly adminPort: number;
  /** Ports served, by router label, in the order of the configuration. */
  readonly ports: Readonly<Record<string, readonly number[]>>;
  /**
   * Stops accepting, lets requests in flight end, and resolves: true when all of them did, false when `graceMs` ran out
   * first and the rest was cut.
   */
  drain(graceMs: number): Promise<boolean>;
}

/** Builds everything, opens every port, and only then says so; rejects, with nothing left open, if one cannot be had. */
export async function assemble(
  loaded: Loaded<LinkerConfig>,
  log: LeveledLog,
  shutdown: (graceMs: number) => void,
): Promise<Linker> {
  const config = loaded.value;
  const bare: World = { clock: systemClock, random: Math.random, env: process.env, log, metrics: new Metrics() };
  const telemeters = config.telemetry.map((telemeter) => telemeterKinds.make(telemeter, bare));
  const world: World = { ...bare, tracer: allTracers(telemeters.flatMap(({ tracer }) => tracer ?? [])) };
  const measuring = closeAll(
    processMetrics(world.metrics, world.clock),
    rollWindows(world.metrics, world.clock),
    ...telemeters,
  );
  const utilities = utilityNamers(world);
  const namers = { configured: makeNamers(config.namers, world, utilities), utilities };
  const routers = config.routers.map(
    (router) => new HttpRouter(router, makeInterpreter(router.interpreter, { namers, world }), world),
  );
  let admin: AdminServer | undefined;
  try {
    const deps: LinkerAdminDeps = {
      config,
      written: loaded.written,
      metrics: world.metrics,
      telemeters,
      clock: world.clock,
      log,
      namers: namers.configured,
      routers,
      utilities: configuredInterpreter(emptyDtab, [], utilities),
      shutdown: (graceMs) => shutdown(graceMs ?? config.admin.shutdownGraceMs),
    };
    for (const router of routers) {
      await router.listen();
      for (const port of router.ports) log.info({ router: router.config.label, port }, 'serving');
    }
    // Last: whoever gets an answer to its ping, as probes do, can send requests.
    const http = routers.filter((router) => router.config.protocol === 'http');
    admin = await openAdmin(deps, http, log);
  } catch (error) {
    for (const router of routers) router.close();
    await admin?.close();
    measuring.close();
    throw error;
  }
  const started = admin;
  return {
    adminPort: started.port,
    ports: Object.fromEntries(routers.map((r) => [r.config.label, r.ports])),
    async drain(graceMs) {
      const late = new Promise<false>((resolve) => setTimeout(resolve, graceMs, false).unref());
      const done = await Promise.race([Promise.all(routers.map((r) => r.drain())).then(() => true), late]);
      for (const router of routers) router.close();
      await started.close();
      measuring.close();
      return done;
    },
  };
}
