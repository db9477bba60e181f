import type { Counter } from '../../core/telemetry/metrics.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange, Waiting } from '../router/exchange.ts';

/** How many connections one endpoint may have, and what is kept of them (Linkerd `hostConnectionPool`, §5.8). */
export interface PoolLimits {
  /** Connections that are kept however long they are idle. */
  readonly minSize: number;
  readonly maxSize: number;
  /** Exchanges that may wait for a connection when all are taken. */
  readonly maxWaiters: number;
  /** Milliseconds that connections beyond the least are kept without use; undefined: for ever. */
  readonly idleMs: number | undefined;
  readonly counts: PoolCounts;
}

/** What the pools of one client count together. */
export interface PoolCounts {
  waiting: number;
  readonly waited: Counter;
  readonly tooMany: Counter;
}

/** Places for connections to one endpoint, open or on their way; exchanges without a place wait in order. */
export class Places implements Waiting {
  readonly #limits: PoolLimits;
  /** Makes a connection, in a place that has been taken. */
  readonly #connect: (x: Exchange) => void;
  readonly #queue: Exchange[] = [];
  #taken = 0;

  constructor(limits: PoolLimits, connect: (x: Exchange) => void) {
    this.#limits = limits;
    this.#connect = connect;
  }

  get taken(): number {
    return this.#taken;
  }

  /** The exchange needs a connection: it gets a new one, or waits, or fails where too many wait. */
  send(x: Exchange): void {
    const { maxSize, maxWaiters, counts } = this.#limits;
    if (this.#taken < maxSize) {
      this.#taken += 1;
      this.#connect(x);
    } else if (this.#queue.length < maxWaiters) {
      x.waiting = this;
      this.#queue.push(x);
      counts.waiting += 1;
      counts.waited.add();
    } else {
      counts.tooMany.add();
      x.fail(new MeshError('tooManyWaiters', `all ${maxSize} connections are taken, and ${maxWaiters} requests wait`));
    }
  }

  /** A connection can carry another exchange: the one to carry, if any waits. */
  next(): Exchange | undefined {
    const x = this.#queue.shift();
    if (x === undefined) return undefined;
    this.#limits.counts.waiting -= 1;
    x.waiting = undefined;
    return x;
  }

  /** A connection is no more, or never was: who waits first gets a new one. */
  free(): void {
    this.#taken -= 1;
    const x = this.next();
    if (x === undefined) return;
    this.#taken += 1;
    this.#connect(x);
  }

  cancel(x: Exchange): void {
    const at = this.#queue.indexOf(x);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#limits.counts.waiting -= 1;
  }
}
