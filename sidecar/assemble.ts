import type { AdminServer } from '#core/admin/server.ts';
import { systemClock } from '#core/clock.ts';
import { closeAll } from '#core/closable.ts';
import type { Loaded } from '#core/config/load.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import type { LeveledLog, LogLevel } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { processMetrics } from '#core/telemetry/process.ts';
import { rollWindows } from '#core/telemetry/windows.ts';
import type { World } from '#core/world.ts';
import { openAdmin } from './admin/ports.ts';
import type { LinkerAdminDeps } from './admin/routes.ts';
import { buildLinker } from './build.ts';
import type { LinkerConfig } from './config.ts';
import type { DataPath } from './data-path.ts';
import { WorkerPool } from './workers/pool.ts';
import { reservePorts } from './workers/reserve-ports.ts';
import { WorkersView } from './workers/view.ts';

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

/** Builds everything (a ConfigError says what cannot be), opens every port, and only then says so; rejects, with nothing left open, if one cannot be had. */
export async function assemble(
  loaded: Loaded<LinkerConfig>,
  log: LeveledLog,
  shutdown: (graceMs: number) => void,
): Promise<Linker> {
  const config = loaded.value;
  const own = new Metrics();
  // With workers, `own` is what this thread counts, and `shown` what all of them do.
  const shown = config.workers === 1 ? own : new Metrics();
  const bare: World = { clock: systemClock, random: Math.random, env: process.env, log, metrics: shown };
  // With workers, the path of this thread carries nothing: it has the names for the admin pages.
  const built = buildLinker(loaded, bare, own);
  const { telemeters, path, world } = built;
  const measuring = closeAll(processMetrics(own, world.clock), rollWindows(own, world.clock));
  let serving: DataPath | WorkerPool = path;
  let admin: AdminServer | undefined;
  let view: WorkersView | undefined;
  try {
    const deps: LinkerAdminDeps = {
      config,
      written: loaded.written,
      metrics: shown,
      telemeters,
      clock: world.clock,
      log,
      namers: path.namers,
      routers: path.routers,
      utilities: configuredInterpreter(emptyDtab, [], path.utilities),
      shutdown: (graceMs) => shutdown(graceMs ?? config.admin.shutdownGraceMs),
    };
    let ports: readonly (readonly number[])[];
    if (config.workers === 1) {
      await path.listen();
      ({ ports } = path);
    } else {
      void path.start();
      ports = await reservePorts(config.routers);
      const pool = new WorkerPool({ ...loaded.source, ports, level: log.level as LogLevel }, world);
      serving = pool;
      await pool.start(config.workers);
      view = new WorkersView(pool, deps, own);
    }
    for (const [r, { config }] of path.routers.entries())
      for (const port of ports[r] ?? []) log.info({ router: config.label, port }, 'serving');
    // Last: whoever gets an answer to its ping, as probes do, can send requests.
    const http = path.routers.filter((router) => router.config.protocol === 'http');
    admin = await openAdmin(view?.deps ?? deps, http, log, view?.fresh);
    return {
      adminPort: admin.port,
      ports: Object.fromEntries(path.routers.map((r, i) => [r.config.label, ports[i] ?? []])),
      drain: (graceMs) => end(graceMs),
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function end(graceMs: number): Promise<boolean> {
    const done = await serving.drain(graceMs);
    await stop();
    return done;
  }

  async function stop(): Promise<void> {
    view?.close();
    serving.close();
    await admin?.close();
    measuring.close();
    built.close();
  }
}
