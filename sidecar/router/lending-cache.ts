import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';
import type { Metrics } from '../../core/telemetry/metrics.ts';
import type { CacheLimits } from './idle-cache.ts';

/** What is lent: it knows when it was used last, as its clock reads. */
export interface Lendable extends Closable {
  readonly usedAt: number;
}

/** A value on loan; closing gives it back. */
export interface Lent<V> extends Closable {
  readonly value: V;
}

interface Entry<V> {
  readonly value: V;
  loans: number;
  /** Not in the cache, which was full: closed by its borrower. */
  readonly oneshot: boolean;
}

/**
 * Values lent by key, to any number of borrowers at once. What nobody has is kept until it has not been used for the
 * cache's time, or its place is needed; where every place is lent, whoever comes gets a value of their own (`oneshots`).
 * Linkerd's inner binding caches (§2.4).
 */
export class LendingCache<V extends Lendable> implements Closable {
  readonly #limits: CacheLimits;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<V>>();
  readonly #misses;
  readonly #evicts;
  readonly #expires;
  readonly #oneshots;
  #sweep: Closable = nothingToClose;
  #sweeping = false;

  constructor(limits: CacheLimits, clock: Clock, metrics: Metrics) {
    this.#limits = limits;
    this.#clock = clock;
    this.#misses = metrics.counter('misses');
    this.#evicts = metrics.counter('evicts');
    this.#expires = metrics.counter('expires');
    this.#oneshots = metrics.counter('oneshots');
    metrics.gauge(['idle'], () => [...this.#entries.values()].filter((e) => e.loans === 0).length);
  }

  lend(key: string, make: () => V): Lent<V> {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#misses.add();
      const oneshot = this.#entries.size >= this.#limits.size && !this.#evict();
      entry = { value: make(), loans: 0, oneshot };
      if (oneshot) this.#oneshots.add();
      else this.#entries.set(key, entry);
    }
    entry.loans += 1;
    return this.#loan(key, entry);
  }

  *values(): Iterable<[string, V]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  /** Closes what nobody has; the rest goes with its last borrower. */
  close(): void {
    this.#sweep.close();
    this.#sweeping = false;
    for (const [key, { loans }] of this.#entries) if (loans === 0) this.#drop(key);
  }

  #loan(key: string, entry: Entry<V>): Lent<V> {
    let open = true;
    return {
      value: entry.value,
      close: () => {
        if (!open) return;
        open = false;
        entry.loans -= 1;
        if (entry.loans > 0) return;
        if (entry.oneshot) entry.value.close();
        else this.#returned(key, entry);
      },
    };
  }

  #returned(key: string, entry: Entry<V>): void {
    if (this.#stale(entry)) {
      this.#expires.add();
      this.#drop(key);
    } else if (!this.#sweeping) this.#watch();
  }

  #stale({ value }: Entry<V>): boolean {
    return this.#clock.now() - value.usedAt >= this.#limits.idleMs;
  }

  /** Makes room of the value unused for longest; false where all are lent. */
  #evict(): boolean {
    let oldest: string | undefined;
    let usedAt = Number.POSITIVE_INFINITY;
    for (const [key, { loans, value }] of this.#entries) {
      if (loans > 0 || value.usedAt >= usedAt) continue;
      oldest = key;
      usedAt = value.usedAt;
    }
    if (oldest === undefined) return false;
    this.#evicts.add();
    this.#drop(oldest);
    return true;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    entry?.value.close();
  }

  #watch(): void {
    this.#sweeping = true;
    this.#sweep = this.#clock.after(Math.max(1000, this.#limits.idleMs / 4), () => {
      this.#sweeping = false;
      for (const [key, entry] of this.#entries) {
        if (entry.loans > 0 || !this.#stale(entry)) continue;
        this.#expires.add();
        this.#drop(key);
      }
      if ([...this.#entries.values()].some(({ loans }) => loans === 0)) this.#watch();
    });
  }
}
