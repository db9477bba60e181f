import { closeAll } from '#core/closable.ts';
import { concatDtab, type Dtab, showDtab } from '#core/naming/dtab.ts';
import type { Bound } from '#core/naming/name.ts';
import type { NameTree } from '#core/naming/name-tree.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import type { Path } from '#core/naming/path.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import type { BindingCaches, BoundService } from './binding-caches.ts';
import { classifierOf } from './classifier.ts';
import { type Protocol, type RouterConfig, type ServiceConfig, serviceConfigFor } from './config.ts';
import { failureNames } from './filters/failure-names.ts';
import { RequestStats } from './filters/request-stats.ts';
import type { TracePropagator } from './propagators/propagator.ts';
import type { Alarms } from './router/alarms.ts';
import { backoffOf } from './router/backoff.ts';
import { Binding, type SharedOut } from './router/binding.ts';
import { Budget, budgetProblem, defaultBudget } from './router/budget.ts';
import { showEnd } from './router/caller.ts';
import { type Share, shares, treeKey } from './router/choice.ts';
import { keepingDeadlines } from './router/deadline-limit.ts';
import { diagnostic } from './router/diagnostic.ts';
import type { Exchange } from './router/exchange.ts';
import { LateJudgement, type LateStats } from './router/late-judgement.ts';
import type { Lent } from './router/lending-cache.ts';
import { unroutable } from './router/listing.ts';
import { maxForwards } from './router/max-forwards.ts';
import { Retries, type RetryStats } from './router/retries.ts';
import type { PathService } from './router/router.ts';
import { compose, type Filter, impossible, type Service } from './router/service.ts';
import type { Timeouts } from './router/timeouts.ts';
import { WaitingRoom } from './router/waiting-room.ts';
import { boundStack, pathStack } from './stacks.ts';

/** What the names of one router share. */
export interface PathParts {
  readonly config: RouterConfig;
  readonly interpreter: Interpreter;
  readonly world: World;
  readonly speaks: Protocol;
  /** The router's own scope. */
  readonly metrics: Metrics;
  readonly caches: BindingCaches;
  readonly binding: Timeouts;
  readonly alarms: Alarms | undefined;
  /** For the deadlines that requests come with, where they are kept. */
  readonly keeping: Alarms | undefined;
  readonly propagator: TracePropagator;
  /** Records the span of an attempt, where someone wants to know. */
  readonly span: Filter | undefined;
  timeouts(ms: number): Timeouts;
}

/** What serves one logical name under one override: the stages once a request, retries, and what it is bound to. */
export function routerPath(path: Path, override: Dtab, parts: PathParts): PathService {
  const { config, speaks, world } = parts;
  const service = serviceConfigFor(config, path);
  const metrics = parts.metrics.scope('service', path.show.slice(1));
  const stats = new RequestStats(metrics, failureNames[speaks].service);
  const name = {
    path,
    key: `${path.show}\n${showDtab(override)}\n`,
    unroutable: () => unroutable(path.show, config.dtab, override),
  };
  const binding = new Binding(parts.interpreter.bind(concatDtab(config.dtab, override), path), {
    shares: (tree) => sharedOut(tree, name, parts),
    random: world.random,
    room: new WaitingRoom(parts.binding, world.clock),
    unroutable: name.unroutable,
  });
  const total = service.totalTimeoutMs === undefined ? undefined : parts.timeouts(service.totalTimeoutMs);
  const { keepBytes } = service;
  const attempts = retrying(service, binding, metrics.scope('retries'), parts);
  const explained = diagnostic(
    { router: config.label, explain: () => parts.interpreter.delegate(concatDtab(config.dtab, override), path) },
    attempts,
  );
  const { keeping } = parts;
  const stack = compose(
    pathStack(speaks, stats, { total, keepBytes, alarms: parts.alarms }),
    keeping === undefined ? explained : keepingDeadlines(keeping, explained),
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
    close: () => binding.close(),
  };
}

/** Attempts, each judged, by its end where its head does not say enough. */
function retrying({ retries, late }: ServiceConfig, next: Service, metrics: Metrics, parts: PathParts): Service {
  const { clock, random } = parts.world;
  const problem = budgetProblem(retries.budget);
  const budget = new Budget(problem === undefined ? retries.budget : defaultBudget, clock);
  metrics.gauge(['budget'], () => budget.balance);
  const stats = retryStats(metrics);
  if (problem !== undefined) return impossible(problem.text);
  const judged =
    late === undefined
      ? next
      : new LateJudgement({ timeouts: parts.timeouts(late.ms), bytes: late.bytes, stats: lateStats(metrics) }, next);
  return maxForwards(new Retries(budget, backoffOf(retries.backoff, random), clock, stats, judged));
}

interface Name {
  readonly path: Path;
  /** Begins the keys of what is only its own. */
  readonly key: string;
  readonly unroutable: () => string;
}

/** A tree laid out for a name, from the cache of trees. */
function sharedOut(tree: NameTree<Bound>, name: Name, parts: PathParts): SharedOut {
  const lent = parts.caches.trees.lend(name.key + treeKey(tree), () => {
    const bounds: Lent<BoundService>[] = [];
    const made = parts.world.clock.now();
    const list = shares(tree, (bound, upTo) => {
      if (bound === undefined) return nobody(name, upTo);
      const lent = boundService(bound, parts);
      bounds.push(lent);
      return share(bound, upTo, lent.value.service, name, parts);
    });
    return {
      list,
      get usedAt() {
        return bounds.reduce((latest, { value }) => Math.max(latest, value.usedAt), made);
      },
      close: () => closeAll(...bounds).close(),
    };
  });
  return { list: lent.value.list, close: () => lent.close() };
}

/** A bound name, from its cache, before a client from its own. */
function boundService(bound: Bound, { caches, world, propagator, span }: PathParts): Lent<BoundService> {
  return caches.bounds.lend(`${bound.id.show} ${bound.residual.show}`, () => {
    const client = caches.clients.borrow(bound);
    return {
      service: compose(boundStack(world.random, propagator, span), client.value.service),
      get usedAt() {
        return client.value.usedAt;
      },
      close: () => client.close(),
    };
  });
}

function share(bound: Bound, upTo: number, service: Service, name: Name, { metrics, speaks }: PathParts): Share {
  const id = bound.id.show;
  const path = name.path.show;
  const residual = bound.residual.size === 0 ? '' : bound.residual.show;
  return {
    upTo,
    service,
    client: id,
    lines: `l5d-dst-service: ${path}\r\nl5d-dst-client: ${id}\r\n${residual === '' ? '' : `l5d-dst-residual: ${residual}\r\n`}`,
    residual,
    stats: new RequestStats(
      metrics.scope('client', id.slice(1), 'service', path.slice(1)),
      failureNames[speaks].client,
    ),
    addresses: () => addressesOf(bound),
    unroutable: name.unroutable,
  };
}

/** The endpoints of a cluster that is in use, as they are known now. */
function addressesOf({ addr }: Bound): readonly string[] {
  let shown: readonly string[] = [];
  const observing = addr.states.observe((state) => {
    if (state.kind !== 'ok' || state.value.kind === 'neg') return;
    shown = state.value.addresses.map(({ host, port }) => showEnd({ ip: host, port }));
  });
  observing.close();
  return shown;
}

/** The share of `$`: it is there, and no one is at home. */
function nobody({ unroutable }: Name, upTo: number): Share {
  const stats = { begin() {}, skip() {}, end() {} };
  const service = { send: (x: Exchange) => x.refuse('unbound', unroutable()) };
  return { upTo, service, client: '', lines: '', residual: '', stats, unroutable };
}

function retryStats(metrics: Metrics): RetryStats {
  return {
    total: metrics.counter('total'),
    budgetExhausted: metrics.counter('budget_exhausted'),
    perRequest: metrics.stat('per_request'),
  };
}

function lateStats(metrics: Metrics): LateStats {
  return {
    requestTooLong: metrics.counter('request_stream_too_long'),
    responseTooLong: metrics.counter('response_stream_too_long'),
    timeout: metrics.counter('classification_timeout'),
  };
}
