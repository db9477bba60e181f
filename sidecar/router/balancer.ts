// Hot: `send` and `end` run for every attempt.
import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import type { Addr, Address } from '../../core/naming/name.ts';
import type { Activity } from '../../core/reactive/activity.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Share } from './choice.ts';
import { type AccrualPolicy, type AccrualStats, Endpoint, type Load, type Verdict } from './endpoint.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { FailFast } from './fail-fast.ts';
import type { Requeues } from './requeues.ts';
import type { Frame, Service } from './service.ts';
import type { TransportFactory } from './transport.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { WeightClasses } from './weight-classes.ts';

export interface BalancerParts {
  readonly clientName: string;
  readonly transport: TransportFactory;
  readonly load: () => Load;
  /** What decides on the health of one endpoint; undefined: all are always well. */
  readonly policy: () => AccrualPolicy | undefined;
  readonly accrual: AccrualStats;
  readonly classes: WeightClasses;
  /** Endpoints that left the cluster are kept while they work. */
  readonly probation: boolean;
  readonly failFast: FailFast | undefined;
  readonly clock: Clock;
  readonly room: WaitingRoom;
  /** The stages between choice and connection: counting, time-outs. */
  readonly inner: (next: Service) => Service;
  readonly requeues: Requeues;
  readonly changes: SetChanges;
}

/** Counts how the set of endpoints changes. */
export interface SetChanges {
  readonly updates: Counter;
  readonly adds: Counter;
  readonly removes: Counter;
}

/**
 * Spreads exchanges over the replicas of one cluster, by weight and by load, and leaves those alone that are not well.
 * An exchange that provably did not reach its endpoint is sent to another one.
 */
export class Balancer implements Service, Frame, Closable {
  readonly #parts: BalancerParts;
  readonly #observing: Closable;
  readonly #dispatch: Service;
  #endpoints: readonly Endpoint[] = [];
  #usedAt: number;
  /** What is known of the replicas: requests wait while nothing is. */
  #state: 'pending' | 'known' | { readonly failed: Error } = 'pending';
  readonly #anyOpen = (): boolean => {
    const now = this.#parts.clock.now();
    return this.#endpoints.some((e) => e.open(now));
  };

  constructor(addr: Activity<Addr>, parts: BalancerParts) {
    this.#parts = parts;
    this.#usedAt = parts.clock.now();
    this.#dispatch = parts.inner({ send: (x) => (x.endpoint as Endpoint).transport.send(x) });
    this.#observing = addr.states.observe((state) => {
      if (state.kind === 'ok') this.#update(state.value.kind === 'neg' ? [] : state.value.addresses);
      else if (state.kind === 'failed' && this.#state !== 'known') this.#settle({ failed: state.error });
    });
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** When an exchange was sent last. */
  get usedAt(): number {
    return this.#usedAt;
  }

  send(x: Exchange): void {
    if (this.#state === 'pending') {
      this.#parts.room.add(x);
      return;
    }
    x.enter(this);
    this.#try(x);
  }

  head(x: Exchange): boolean {
    x.endpoint?.answered(x.outcome === 'success');
    return true;
  }

  end(x: Exchange): boolean {
    const endpoint = x.endpoint;
    if (endpoint === undefined) return true;
    const { classes, failFast, requeues } = this.#parts;
    const now = x.error === undefined ? x.respondedAt : this.#parts.clock.now();
    endpoint.end(now, now - x.attemptAt, verdict(x));
    if (classes.adapts) classes.shift(endpoint, -1, now);
    if (endpoint.onProbation && !endpoint.open(now)) this.#retire(endpoint);
    if (x.error !== undefined && !x.committed) {
      const { kind } = x.error;
      if (kind === 'connect') failFast?.failed(endpoint);
      if (requeues.again(x, kind, this.#anyOpen)) {
        this.#again(x);
        return false;
      }
      if (kind === 'connect') x.error = new MeshError('connect', this.#unreachable(x));
    }
    requeues.done(x);
    return true;
  }

  close(): void {
    this.#observing.close();
    this.#parts.failFast?.close();
    for (const endpoint of this.#endpoints) endpoint.transport.close();
    this.#endpoints = [];
    this.#state = { failed: new Error('client closed') };
    for (const x of this.#parts.room.leave()) x.refuse('evicted', 'client closed');
  }

  #again(x: Exchange): void {
    x.error = undefined;
    x.outcome = 'success';
    x.enter(this);
    this.#try(x);
  }

  #try(x: Exchange): void {
    const endpoints = this.#endpoints;
    const { clock, classes } = this.#parts;
    const now = clock.now();
    this.#usedAt = now;
    x.attemptAt = now;
    if (endpoints.length === 0) {
      x.endpoint = undefined;
      const state = this.#state;
      if (typeof state === 'object') x.refuse('bindFailed', state.failed.message, state.failed);
      else x.refuse('unbound', (x.share as Share).unroutable());
      return;
    }
    const endpoint = classes.choose(now);
    x.endpoint = endpoint;
    endpoint.begin(now);
    if (classes.adapts) classes.shift(endpoint, 1, now);
    if (endpoint.down) x.refuse('markedDown', markedDown(this.#parts.clientName));
    else this.#dispatch.send(x);
  }

  /** Takes the new replica set; endpoints that stay keep their connections, load and health. */
  #update(addresses: readonly Address[]): void {
    const { probation, clock, changes } = this.#parts;
    const before = new Map(this.#endpoints.map((e) => [keyOf(e.address), e]));
    const next = new Map<string, Endpoint>();
    for (const address of addresses) {
      const key = keyOf(address);
      const known = before.get(key);
      if (known !== undefined) known.onProbation = false;
      else if (!next.has(key)) changes.adds.add();
      if (!next.has(key)) next.set(key, known ?? this.#open(address));
    }
    const gone = [...before].filter(([key]) => !next.has(key)).map(([, endpoint]) => endpoint);
    const kept = probation ? gone.filter((e) => e.open(clock.now())) : [];
    for (const endpoint of kept) endpoint.onProbation = true;
    this.#become([...next.values(), ...kept]);
    for (const endpoint of gone) if (!kept.includes(endpoint)) this.#close(endpoint);
    this.#settle('known');
  }

  #become(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
    this.#parts.changes.updates.add();
    this.#parts.classes.update(endpoints);
  }

  /** An endpoint on probation has failed. */
  #retire(endpoint: Endpoint): void {
    this.#become(this.#endpoints.filter((e) => e !== endpoint));
    this.#close(endpoint);
  }

  #open(address: Address): Endpoint {
    const { transport, load, policy, accrual } = this.#parts;
    return new Endpoint(address, {
      transport: transport(address),
      load: load(),
      policy: policy(),
      stats: accrual,
    });
  }

  #close(endpoint: Endpoint): void {
    this.#parts.changes.removes.add();
    this.#parts.failFast?.forget(endpoint);
    endpoint.transport.close();
  }

  #settle(state: 'known' | { readonly failed: Error }): void {
    this.#state = state;
    for (const x of this.#parts.room.leave()) {
      x.enter(this);
      this.#try(x);
    }
  }

  #unreachable(x: Exchange): string {
    const all = this.#endpoints.map((e) => show(e.address)).join(', ');
    return `Unable to establish connection to ${x.address}.\n\nservice name: ${x.path}\nclient name: ${this.#parts.clientName}\naddresses: [${all}]\nselected address: ${x.address}\n`;
  }
}

/** What an attempt tells of its endpoint. One that the caller gave up says nothing of it. */
function verdict(x: Exchange): Verdict {
  const kind = x.error?.kind;
  if (kind === 'abandoned' || kind === 'markedDown' || kind === 'tooManyWaiters') return 'neither';
  return x.outcome === 'success' ? 'success' : 'failure';
}

function markedDown(client: string): string {
  return `Endpoint ${client.slice(1)} is marked down. For more details see: https://twitter.github.io/finagle/guide/FAQ.html#why-do-clients-see-com-twitter-finagle-failedfastexception-s`;
}

/** Two addresses are one endpoint if a connection to one is as good as to the other. */
function keyOf(address: Address): string {
  return `${address.host} ${address.port} ${address.weight} ${JSON.stringify(address.meta)}`;
}

const show = (a: Address): string => (a.host.includes(':') ? `[${a.host}]:${a.port}` : `${a.host}:${a.port}`);
