import type { Route } from '#core/admin/route.ts';
import type { Closable } from '#core/closable.ts';
import type { LeveledLog } from '#core/telemetry/log.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import type { LinkerAdminDeps } from '../admin/routes.ts';
import type { WorkerState } from './messages.ts';
import type { WorkerPool } from './pool.ts';

/** Milliseconds between two looks for those who send metrics by themselves. */
const PUSH_MS = 5000;

/** What the admin pages see of all threads together: as of the moment a page is asked for. */
export class WorkersView implements Closable {
  readonly deps: LinkerAdminDeps;
  readonly #pool: WorkerPool;
  readonly #own: Metrics;
  readonly #shown: Metrics;
  readonly #timer: NodeJS.Timeout | undefined;
  #known: Omit<WorkerState, 'metrics'> = { clients: [], namers: [], tables: [] };

  /** `deps.metrics` is where the sums are shown, `own` what the main thread counts itself. */
  constructor(pool: WorkerPool, deps: LinkerAdminDeps, own: Metrics) {
    this.#pool = pool;
    this.#own = own;
    this.#shown = deps.metrics;
    // Who sends metrics by itself is asked by nobody.
    if (deps.config.telemetry.some(({ kind }) => kind === 'io.l5d.statsd'))
      this.#timer = setInterval(() => void this.#look(), PUSH_MS).unref();
    const known = (): Omit<WorkerState, 'metrics'> => this.#known;
    this.deps = {
      ...deps,
      log: everywhere(deps.log, pool),
      namers: deps.namers.map(({ prefix, names, followed }, i) => ({
        prefix,
        ...(names && { names }),
        ...(followed && { followed: () => new Map(known().namers[i]?.map(({ id, addr }) => [id, addr])) }),
      })),
      routers: deps.routers.map(({ label, interpreter, dtab, stored }, i) => ({
        ...{ label, interpreter, dtab },
        stored: stored && { ...stored, last: () => known().tables[i] ?? stored.last() },
        get clients() {
          return known().clients[i] ?? [];
        },
      })),
    };
  }

  /** The route, asked behind a look at all threads. */
  readonly fresh = (route: Route): Route => ({
    ...route,
    handle: async (request) => {
      if (reads.test(request.path)) await this.#look();
      return route.handle(request);
    },
  });

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    this.#known = await this.#pool.read(this.#shown, this.#own);
  }
}

/** Probes and controls do not wait for busy threads. */
const reads = /^(?!\/admin\/ping$|\/admin\/shutdown$|\/logging)/;

/** A log whose level is that of all threads. */
function everywhere(log: LeveledLog, pool: WorkerPool): LeveledLog {
  return {
    debug: (fields, event) => log.debug(fields, event),
    info: (fields, event) => log.info(fields, event),
    warn: (fields, event) => log.warn(fields, event),
    error: (fields, event) => log.error(fields, event),
    get level() {
      return log.level;
    },
    set level(level) {
      log.level = level;
      pool.setLevel(level);
    },
  };
}
