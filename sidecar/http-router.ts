import type { KindConfig } from '#core/config/kind.ts';
import { makePart } from '#core/config/parts.ts';
import type { Dtab } from '#core/naming/dtab.ts';
import type { Interpreter, StoredTable } from '#core/naming/namer.ts';
import type { Path } from '#core/naming/path.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { RollingFile } from '#core/telemetry/rolling-file.ts';
import { seldom } from '#core/telemetry/seldom.ts';
import type { World } from '#core/world.ts';
import { BindingCaches } from './binding-caches.ts';
import { codecLimits } from './codec-options.ts';
import { accessLogOf } from './config/access-log.ts';
import type { Protocol, RouterConfig } from './config.ts';
import { clientSpan } from './filters/spans.ts';
import { identifierList } from './identifiers/kinds.ts';
import { propagatorKinds } from './propagators/kinds.ts';
import type { TracePropagator } from './propagators/propagator.ts';
import type { Codec, CodecLimits } from './protocol/codec.ts';
import { h2 } from './protocol/h2/codec.ts';
import type { Listener } from './protocol/listener.ts';
import { http1 } from './protocol/mesh-codec.ts';
import { tcp } from './protocol/tcp-codec.ts';
import { Alarms } from './router/alarms.ts';
import type { ClientState } from './router/clients.ts';
import type { Identifier } from './router/identifier.ts';
import type { RequestHead } from './router/request-head.ts';
import { type PathService, Router } from './router/router.ts';
import { Timeouts } from './router/timeouts.ts';
import { routerClient } from './router-client.ts';
import { type PathParts, routerPath } from './router-path.ts';
import { listenFor, type ServerParts } from './router-server.ts';
import { listenForTcp } from './tcp-server.ts';

const codecs: Readonly<Record<Protocol, Codec>> = { http: http1, h2, tcp };

/** One router of any protocol, built from its section of the configuration. */
export class HttpRouter {
  readonly config: RouterConfig;
  readonly router: Router;
  readonly interpreter: Interpreter;
  readonly #codec: Codec;
  readonly #propagator: TracePropagator;
  readonly #accessLog: RollingFile | undefined;
  #native: HttpRouter | undefined;
  readonly #limits: CodecLimits;
  readonly #world: World;
  readonly #metrics: Metrics;
  readonly #caches: BindingCaches;
  readonly #durations = new Map<number, Timeouts>();
  readonly #listeners: Listener[] = [];
  readonly #identifiers: readonly Identifier[];
  /** Names being served, by how many overrides: what a name counts goes with the last of them. */
  readonly #names = new Map<string, number>();

  /** Follows and opens nothing yet. `speaks` h2 for what is HTTP/2 from end to end, whatever the router's own protocol. */
  constructor(config: RouterConfig, interpreter: Interpreter, world: World, speaks: Protocol = config.protocol) {
    this.config = config;
    this.interpreter = interpreter;
    this.#world = world;
    this.#codec = codecs[speaks];
    this.#limits = codecLimits(config);
    this.#propagator = propagatorKinds.make(propagatorOf(config), undefined);
    this.#accessLog = accessLog(config, world);
    this.#metrics = world.metrics.scope('rt', speaks === config.protocol ? config.label : `${config.label}.h2`);
    this.#identifiers = makePart(['identifier'], () =>
      identifierList(config.protocol, config.identifier, { prefix: config.dstPrefix.show, world }),
    );
    const shared = {
      config,
      world,
      speaks,
      codec: this.#codec,
      limits: this.#limits,
      metrics: this.#metrics,
      binding: this.#timeouts(config.bindingTimeoutMs),
      timeouts: (ms: number) => this.#timeouts(ms),
    };
    this.#caches = new BindingCaches(config.bindingCache, (bound) => routerClient(bound, shared), {
      clock: world.clock,
      metrics: this.#metrics.scope('bindcache'),
    });
    const parts: PathParts = {
      ...shared,
      interpreter,
      caches: this.#caches,
      alarms: speaks === 'h2' ? new Alarms(world.clock) : undefined,
      keeping: config.enforceDeadlines ? new Alarms(world.clock) : undefined,
      propagator: this.#propagator,
      span: speaks === 'tcp' ? undefined : world.tracer && clientSpan(world.tracer, speaks, config.label),
    };
    this.router = new Router({
      label: config.label,
      identifiers: this.#identifiers,
      paths: this.#caches.paths,
      makePath: (path, override) => this.#path(path, override, parts),
      clock: world.clock,
    });
    this.#metrics.gauge(['originator'], () => (config.originator ? 1 : 0));
  }

  /** Follows what requests are named by; resolves when they can be. */
  async start(): Promise<void> {
    await Promise.all(this.#identifiers.map((each) => each.start?.()));
  }

  /** Opens every server of the router; on failure the ones already open are closed again. */
  async listen(): Promise<void> {
    try {
      await Promise.race([this.start(), this.#patience()]);
      for (const open of this.#servers()) this.#listeners.push(await open());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get label(): string {
    return this.config.label;
  }

  get dtab(): Dtab {
    return this.config.dtab;
  }

  /** The table that its interpreter reads from elsewhere. */
  get stored(): StoredTable | undefined {
    return this.interpreter.stored;
  }

  /** The name of a request; throws where it has none. */
  identify(head: RequestHead): string {
    return this.router.identify(head);
  }

  /** The clients there are and what is known of their replicas. */
  get clients(): readonly ClientState[] {
    return [...this.#caches.clients.states, ...(this.#native?.clients ?? [])];
  }

  get ports(): readonly number[] {
    return this.#listeners.map((l) => l.port);
  }

  async drain(): Promise<void> {
    await Promise.all(this.#listeners.map((l) => l.drain()));
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
    this.router.close();
    this.#caches.close();
    for (const identifier of this.#identifiers) identifier.close?.();
    this.#native?.close();
    this.#accessLog?.close();
  }

  /** Whoever calls at once should be answered; but a linker whose API is away at first has to start all the same. */
  #patience(): Promise<void> {
    return new Promise((resolve) => this.#world.clock.after(this.config.bindingTimeoutMs, resolve));
  }

  /** The router of the same names for requests that are HTTP/2 by nature, made when the first one comes. */
  #endToEnd(): Router {
    if (this.#native === undefined) {
      this.#native = new HttpRouter(this.config, this.interpreter, this.#world, 'h2');
      void this.#native.start();
    }
    return this.#native.router;
  }

  /** How to open each server. */
  #servers(): readonly (() => Promise<Listener>)[] {
    const { config } = this;
    const parts = this.#serving;
    return config.protocol === 'tcp'
      ? config.servers.map((server) => () => listenForTcp(server, config, parts))
      : config.servers.map((server) => () => listenFor(server, { ...parts, config }));
  }

  get #serving(): Omit<ServerParts, 'config'> {
    return {
      world: this.#world,
      codec: this.#codec,
      limits: this.#limits,
      metrics: this.#metrics,
      router: this.router,
      log: this.#accessLog,
      propagator: this.#propagator,
      native: { send: (x) => this.#endToEnd().send(x) },
      timeouts: (ms) => this.#timeouts(ms),
    };
  }

  #timeouts(ms: number): Timeouts {
    let timeouts = this.#durations.get(ms);
    if (timeouts === undefined) {
      timeouts = new Timeouts(ms, this.#world.clock);
      this.#durations.set(ms, timeouts);
    }
    return timeouts;
  }

  #path(path: Path, override: Dtab, parts: PathParts): PathService {
    const name = path.show.slice(1);
    this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    const made = routerPath(path, override, parts);
    return {
      send: (x) => made.send(x),
      get busy() {
        return made.busy;
      },
      get clients() {
        return made.clients;
      },
      close: () => {
        made.close();
        this.#forget(name);
      },
    };
  }

  #forget(name: string): void {
    const others = (this.#names.get(name) ?? 1) - 1;
    this.#names.set(name, others);
    if (others > 0) return;
    this.#names.delete(name);
    this.#metrics.remove('service', name);
  }
}

/** What linkers tell each other of a tunnel's trace is not configured. */
function propagatorOf(config: RouterConfig): KindConfig {
  return config.protocol === 'tcp' ? { kind: 'io.l5d.default' } : config.tracePropagator;
}

/** The access log of a router; undefined without one. What it loses is told once in a while. */
function accessLog(config: RouterConfig, { clock, log }: World): RollingFile | undefined {
  const options = accessLogOf(config);
  if (options === undefined) return undefined;
  const told = seldom<{ problem: string; lost: number }>(clock, 10_000, (event, leftOut) =>
    log.warn({ router: config.label, file: options.file, ...event, leftOut }, 'access log has lost lines'),
  );
  return new RollingFile({ ...options, clock, failed: ({ message }, lost) => told({ problem: message, lost }) });
}
