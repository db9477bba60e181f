import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';
import type { Metrics } from '../../core/telemetry/metrics.ts';

/** What a cache holds: closed when it leaves, and only while nothing uses it. */
export interface Cached extends Closable {
  readonly busy: boolean;
}

export interface CacheLimits {
  readonly size: number;
  /** Unused for so long, an entry is closed. */
  readonly idleMs: number;
}

/**
 * Entries by key, the least recently used first. Over its size the cache closes idle entries; busy ones stay, so that it
 * is bounded by size plus what is in flight, counted as `oneshots` (Linkerd's cache of paths, §2.4).
 */
export class IdleCache<V extends Cached> implements Closable {
  readonly #limits: CacheLimits;
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly value: V; usedAt: number }>();
  readonly #misses;
  readonly #evicts;
  readonly #expires;
  readonly #oneshots;
  #sweep: Closable = nothingToClose;

  constructor(limits: CacheLimits, clock: Clock, metrics: Metrics) {
    this.#limits = limits;
    this.#clock = clock;
    this.#misses = metrics.counter('misses');
    this.#evicts = metrics.counter('evicts');
    this.#expires = metrics.counter('expires');
    this.#oneshots = metrics.counter('oneshots');
    metrics.gauge(['idle'], () => [...this.#entries.values()].filter(({ value }) => !value.busy).length);
  }

  /** Hot: the entry of a key, marked as used. */
  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.usedAt = now;
    return entry.value;
  }

  add(key: string, value: V): V {
    this.#misses.add();
    if (this.#entries.size === 0) this.#watch();
    this.#entries.set(key, { value, usedAt: this.#clock.now() });
    while (this.#entries.size > this.#limits.size && this.#evict(key));
    if (this.#entries.size > this.#limits.size) this.#oneshots.add();
    return value;
  }

  *values(): Iterable<[string, V]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  close(): void {
    this.#sweep.close();
    for (const { value } of this.#entries.values()) value.close();
    this.#entries.clear();
  }

  /** Closes the idle entry unused for longest, but never the one just added; false where all are busy. */
  #evict(added: string): boolean {
    let oldest: string | undefined;
    let usedAt = Number.POSITIVE_INFINITY;
    for (const [key, entry] of this.#entries) {
      if (key === added || entry.value.busy || entry.usedAt >= usedAt) continue;
      oldest = key;
      usedAt = entry.usedAt;
    }
    if (oldest === undefined) return false;
    this.#drop(oldest, this.#evicts);
    return true;
  }

  #drop(key: string, counter: { add(): void }): void {
    counter.add();
    this.#entries.get(key)?.value.close();
    this.#entries.delete(key);
  }

  #watch(): void {
    this.#sweep = this.#clock.after(Math.max(1000, this.#limits.idleMs / 4), () => {
      const before = this.#clock.now() - this.#limits.idleMs;
      for (const [key, entry] of this.#entries)
        if (!entry.value.busy && entry.usedAt < before) this.#drop(key, this.#expires);
      if (this.#entries.size > 0) this.#watch();
    });
  }
}
