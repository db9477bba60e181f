// Hot: `send` and `end` run for every attempt.
import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import type { Addr, Address } from '../../core/naming/name.ts';
import type { Activity } from '../../core/reactive/activity.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Budget } from './budget.ts';
import type { Share } from './choice.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { Frame, Service } from './service.ts';
import type { Transport, TransportFactory } from './transport.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What a balancer compares. Implementations: least loaded, peak EWMA. */
export interface Load {
  begin(now: number): void;
  end(now: number, tookMs: number): void;
  /** Lower is better. Reads only; called twice a request. */
  cost(now: number): number;
}

/** One replica: its connections, its load and its health. */
export interface Endpoint {
  readonly address: Address;
  readonly transport: Transport;
  readonly load: Load;
  /** Not to be chosen before this reading of the clock: it refused a connection. 0 while healthy. */
  restsUntil: number;
}

/** How a balancer chooses among at least two endpoints. Implementations: p2c, round robin, aperture, heap. */
export type Chooser = (endpoints: readonly Endpoint[], now: number) => Endpoint;

export interface BalancerParts {
  readonly clientName: string;
  readonly transport: TransportFactory;
  readonly load: () => Load;
  readonly choose: Chooser;
  readonly clock: Clock;
  readonly room: WaitingRoom;
  /** The stages between choice and connection: counting, time-outs, health. */
  readonly inner: (next: Service) => Service;
  readonly requeues: Counter;
  /** What may be sent again after an endpoint had it: refusals and lost connections. Failed connections are free. */
  readonly budget: Budget;
}

/** Connections tried for one attempt before it fails (Linkerd §5.4). */
const TRIES = 25;
/** Times a request is sent again because an endpoint said it did not process it. */
const NACKS = 4;

/**
 * Spreads exchanges over the replicas of one cluster. An exchange that provably did not reach its endpoint is sent to
 * another one.
 */
export class Balancer implements Service, Frame, Closable {
  readonly #parts: BalancerParts;
  readonly #observing: Closable;
  readonly #dispatch: Service;
  #endpoints: readonly Endpoint[] = [];
  /** What is known of the replicas: requests wait while nothing is. */
  #state: 'pending' | 'known' | { readonly failed: Error } = 'pending';

  constructor(addr: Activity<Addr>, parts: BalancerParts) {
    this.#parts = parts;
    this.#dispatch = parts.inner({ send: (x) => (x.endpoint as Endpoint).transport.send(x) });
    this.#observing = addr.states.observe((state) => {
      if (state.kind === 'ok') this.#update(state.value.kind === 'neg' ? [] : state.value.addresses);
      else if (state.kind === 'failed' && this.#state !== 'known') this.#settle({ failed: state.error });
    });
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  send(x: Exchange): void {
    if (this.#state === 'pending') {
      this.#parts.room.add(x);
      return;
    }
    this.#parts.budget.deposit(x.startedAt);
    x.enter(this);
    this.#try(x);
  }

  head(): boolean {
    return true;
  }

  end(x: Exchange): boolean {
    const endpoint = x.endpoint;
    if (endpoint === undefined) return true;
    const now = x.error === undefined ? x.respondedAt : this.#parts.clock.now();
    endpoint.load.end(now, now - x.attemptAt);
    const kind = x.error?.kind;
    if (kind === 'connect') {
      endpoint.restsUntil = now + 1000;
      if (x.requeues < TRIES && !x.over) return this.#requeue(x);
    } else if (endpoint.restsUntil !== 0) endpoint.restsUntil = 0;
    if (kind === 'nacked' && x.requeues < NACKS && this.#affordable(x)) return this.#requeue(x);
    if (kind === 'stale' && idempotent(x.request.method) && x.requeues < NACKS && this.#affordable(x))
      return this.#requeue(x);
    if (kind === 'connect') x.error = new MeshError('connect', this.#unreachable(x));
    return true;
  }

  close(): void {
    this.#observing.close();
    for (const endpoint of this.#endpoints) endpoint.transport.close();
    this.#endpoints = [];
    this.#settle({ failed: new Error('client closed') });
  }

  #affordable(x: Exchange): boolean {
    return !x.over && x.replayable && this.#parts.budget.withdraw();
  }

  #requeue(x: Exchange): boolean {
    x.requeues += 1;
    this.#parts.requeues.add();
    x.error = undefined;
    x.outcome = 'success';
    x.enter(this);
    this.#try(x);
    return false;
  }

  #try(x: Exchange): void {
    const endpoints = this.#endpoints;
    const { clock, choose } = this.#parts;
    const now = clock.now();
    x.attemptAt = now;
    if (endpoints.length === 0) {
      x.endpoint = undefined;
      const state = this.#state;
      if (typeof state === 'object') x.refuse('bindFailed', state.failed.message, state.failed);
      else x.refuse('unbound', (x.share as Share).unroutable());
      return;
    }
    const endpoint = endpoints.length === 1 ? (endpoints[0] as Endpoint) : choose(endpoints, now);
    x.endpoint = endpoint;
    endpoint.load.begin(now);
    this.#dispatch.send(x);
  }

  /** Takes the new replica set; endpoints that stay keep their connections, load and health. */
  #update(addresses: readonly Address[]): void {
    const before = new Map(this.#endpoints.map((e) => [keyOf(e.address), e]));
    const next = new Map<string, Endpoint>();
    for (const address of addresses) {
      const key = keyOf(address);
      if (!next.has(key)) next.set(key, before.get(key) ?? this.#open(address));
    }
    this.#endpoints = [...next.values()];
    for (const [key, { transport }] of before) if (!next.has(key)) transport.close();
    this.#settle('known');
  }

  #open(address: Address): Endpoint {
    const { transport, load } = this.#parts;
    return { address, transport: transport(address), load: load(), restsUntil: 0 };
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

/** RFC 9110 §9.2.2. */
function idempotent(method: string): boolean {
  return (
    method === 'GET' ||
    method === 'HEAD' ||
    method === 'OPTIONS' ||
    method === 'TRACE' ||
    method === 'PUT' ||
    method === 'DELETE'
  );
}

/** Two addresses are one endpoint if a connection to one is as good as to the other. */
function keyOf(address: Address): string {
  return `${address.host} ${address.port} ${address.weight} ${JSON.stringify(address.meta)}`;
}

const show = (a: Address): string => (a.host.includes(':') ? `[${a.host}]:${a.port}` : `${a.host}:${a.port}`);
