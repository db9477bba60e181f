import type { KindConfig } from '#core/config/kind.ts';
import { concatDtab, type Dtab } from '#core/naming/dtab.ts';
import type { Bound } from '#core/naming/name.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import type { Path } from '#core/naming/path.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { RollingFile } from '#core/telemetry/rolling-file.ts';
import { seldom } from '#core/telemetry/seldom.ts';
import type { World } from '#core/world.ts';
import { classifierOf } from './classifier.ts';
import { codecLimits } from './codec-options.ts';
import { accessLogOf } from './config/access-log.ts';
import { type Protocol, type RouterConfig, serviceConfigFor } from './config.ts';
import { failureNames } from './filters/failure-names.ts';
import { RequestStats } from './filters/request-stats.ts';
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
import { backoffOf } from './router/backoff.ts';
import { Binding } from './router/binding.ts';
import { Budget, budgetProblem, defaultBudget } from './router/budget.ts';
import type { Share } from './router/choice.ts';
import { type ClientState, Clients } from './router/clients.ts';
import type { Identifier } from './router/identifier.ts';
import { IdleCache } from './router/idle-cache.ts';
import { LateJudgement, type LateStats } from './router/late-judgement.ts';
import { unroutable } from './router/listing.ts';
import { maxForwards } from './router/max-forwards.ts';
import type { RequestHead } from './router/request-head.ts';
import { Retries } from './router/retries.ts';
import { type PathService, Router } from './router/router.ts';
import { compose, type Filter, impossible } from './router/service.ts';
import { Timeouts } from './router/timeouts.ts';
import { WaitingRoom } from './router/waiting-room.ts';
import { type ClientParts, routerClient } from './router-client.ts';
import { listenFor, type ServerParts } from './router-server.ts';
import { boundStack, pathStack } from './stacks.ts';
import { listenForTcp } from './tcp-server.ts';

const codecs: Readonly<Record<Protocol, Codec>> = { http: http1, h2, tcp };

/** One router of any protocol, built from its section of the configuration. */
export class HttpRouter {
  readonly config: RouterConfig;
  readonly router: Router;
  readonly interpreter: Interpreter;
  readonly #speaks: Protocol;
  readonly #codec: Codec;
  readonly #propagator: TracePropagator;
  readonly #accessLog: RollingFile | undefined;
  readonly #clientSpan: Filter | undefined;
  #native: HttpRouter | undefined;
  /** Deadlines of gRPC calls. */
  readonly #alarms: Alarms | undefined;
  readonly #limits: CodecLimits;
  readonly #world: World;
  readonly #metrics: Metrics;
  readonly #clients: Clients;
  readonly #binding: Timeouts;
  readonly #durations = new Map<number, Timeouts>();
  readonly #listeners: Listener[] = [];
  readonly #identifiers: readonly Identifier[];
  /** Names being served, by how many overrides: what a name counts goes with the last of them. */
  readonly #names = new Map<string, number>();

  /** `speaks` h2 for what is HTTP/2 from end to end, whatever the router's own protocol. */
  constructor(config: RouterConfig, interpreter: Interpreter, world: World, speaks: Protocol = config.protocol) {
    this.#speaks = speaks;
    this.config = config;
    this.interpreter = interpreter;
    this.#world = world;
    this.#codec = codecs[speaks];
    this.#alarms = speaks === 'h2' ? new Alarms(world.clock) : undefined;
    this.#limits = codecLimits(config);
    this.#propagator = propagatorKinds.make(propagatorOf(config), undefined);
    this.#accessLog = accessLog(config, world);
    this.#clientSpan = speaks === 'tcp' ? undefined : world.tracer && clientSpan(world.tracer, speaks, config.label);
    this.#metrics = world.metrics.scope('rt', speaks === config.protocol ? config.label : `${config.label}.h2`);
    this.#binding = this.#timeouts(config.bindingTimeoutMs);
    const cache = this.#metrics.scope('bindcache');
    const { paths, idleTtlSecs } = config.bindingCache;
    this.#identifiers = identifierList(config.protocol, config.identifier, { prefix: config.dstPrefix.show, world });
    const shared: ClientParts = {
      config,
      world,
      speaks,
      codec: this.#codec,
      limits: this.#limits,
      metrics: this.#metrics,
      binding: this.#binding,
      timeouts: (ms) => this.#timeouts(ms),
    };
    this.#clients = new Clients((bound) => routerClient(bound, shared), cache.counter('client', 'misses'));
    this.router = new Router({
      label: config.label,
      identifiers: this.#identifiers,
      paths: new IdleCache<PathService>({ size: paths, idleMs: idleTtlSecs * 1000 }, world.clock, cache.scope('path')),
      makePath: (path, override) => this.#path(path, override),
      clock: world.clock,
    });
    this.#metrics.gauge(['originator'], () => (config.originator ? 1 : 0));
  }

  /** Opens every server of the router; on failure the ones already open are closed again. */
  async listen(): Promise<void> {
    try {
      await Promise.race([Promise.all(this.#identifiers.map((each) => each.ready)), this.#patience()]);
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

  /** The name of a request; throws where it has none. */
  identify(head: RequestHead): string {
    return this.router.identify(head);
  }

  /** The clients there are and what is known of their replicas. */
  get clients(): readonly ClientState[] {
    return [...this.#clients.states, ...(this.#native?.clients ?? [])];
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
    this.#native ??= new HttpRouter(this.config, this.interpreter, this.#world, 'h2');
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

  #path(path: Path, override: Dtab): PathService {
    const { clock, random } = this.#world;
    const service = serviceConfigFor(this.config, path);
    const name = path.show.slice(1);
    const metrics = this.#metrics.scope('service', name);
    this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    const stats = new RequestStats(metrics, failureNames[this.#speaks].service);
    const problem = budgetProblem(service.retries.budget);
    const budget = new Budget(problem === undefined ? service.retries.budget : defaultBudget, clock);
    const retries = metrics.scope('retries');
    retries.gauge(['budget'], () => budget.balance);
    this.#metrics.counter('bindcache', 'tree', 'misses').add();
    const binding = new Binding(this.interpreter.bind(concatDtab(this.config.dtab, override), path), {
      share: (bound, upTo) => this.#share(path, override, bound, upTo),
      random,
      room: new WaitingRoom(this.#binding, clock),
      unroutable: () => unroutable(path.show, this.config.dtab, override),
    });
    const retryStats = {
      total: retries.counter('total'),
      budgetExhausted: retries.counter('budget_exhausted'),
      perRequest: retries.stat('per_request'),
    };
    const { late } = service;
    const judged =
      late === undefined
        ? binding
        : new LateJudgement(
            { timeouts: this.#timeouts(late.ms), bytes: late.bytes, stats: lateStats(retries) },
            binding,
          );
    const retrying = new Retries(budget, backoffOf(service.retries.backoff, random), clock, retryStats, judged);
    const total = service.totalTimeoutMs === undefined ? undefined : this.#timeouts(service.totalTimeoutMs);
    const { keepBytes } = service;
    const stack = compose(
      pathStack(this.#speaks, stats, { total, keepBytes, alarms: this.#alarms }),
      problem === undefined ? maxForwards(retrying) : impossible(problem.text),
    );
    const classify = classifierOf(service.responseClassifier);
    return {
      send(x) {
        x.classify = classify;
        stack.send(x);
      },
      get busy() {
        return stats.pending > 0;
      },
      get clients() {
        return binding.clients;
      },
      close: () => {
        binding.close();
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

  #share(path: Path, override: Dtab, bound: Bound | undefined, upTo: number): Share {
    const unroutableText = (): string => unroutable(path.show, this.config.dtab, override);
    if (bound === undefined) {
      const stats = { begin() {}, skip() {}, end() {} };
      const service = { send: (x: Parameters<Share['service']['send']>[0]) => x.refuse('unbound', unroutableText()) };
      return { upTo, service, client: '', lines: '', residual: '', stats, unroutable: unroutableText, close() {} };
    }
    this.#metrics.counter('bindcache', 'bound', 'misses').add();
    const loan = this.#clients.borrow(bound);
    const id = bound.id.show;
    const residual = bound.residual.size === 0 ? '' : bound.residual.show;
    const metrics = this.#metrics.scope('client', id.slice(1), 'service', path.show.slice(1));
    return {
      upTo,
      service: compose(boundStack(this.#world.random, this.#propagator, this.#clientSpan), loan.service),
      client: id,
      lines: `l5d-dst-service: ${path.show}\r\nl5d-dst-client: ${id}\r\n${residual === '' ? '' : `l5d-dst-residual: ${residual}\r\n`}`,
      residual,
      stats: new RequestStats(metrics, failureNames[this.#speaks].client),
      unroutable: unroutableText,
      close: () => loan.close(),
    };
  }
}

/** The access log of a router; undefined without one. What it loses is told once in a while. */
/** What linkers tell each other of a tunnel's trace is not configured. */
function propagatorOf(config: RouterConfig): KindConfig {
  return config.protocol === 'tcp' ? { kind: 'io.l5d.default' } : config.tracePropagator;
}

function accessLog(config: RouterConfig, { clock, log }: World): RollingFile | undefined {
  const options = accessLogOf(config);
  if (options === undefined) return undefined;
  const told = seldom<{ problem: string; lost: number }>(clock, 10_000, (event, leftOut) =>
    log.warn({ router: config.label, file: options.file, ...event, leftOut }, 'access log has lost lines'),
  );
  return new RollingFile({ ...options, clock, failed: ({ message }, lost) => told({ problem: message, lost }) });
}

function lateStats(retries: Metrics): LateStats {
  return {
    requestTooLong: retries.counter('request_stream_too_long'),
    responseTooLong: retries.counter('response_stream_too_long'),
    timeout: retries.counter('classification_timeout'),
  };
}
