/**
 * A distribution of non-negative whole numbers, such as milliseconds or bytes.
 *
 * Values below 256 are counted exactly; above, every power of two is cut into 128 buckets, so that a value read back
 * (the middle of its bucket) is at most 0.4 % off. The counts grow only as far as the largest value seen: a thousand
 * latency histograms take a few megabytes.
 *
 * `count` and `sum` run from the start of the process and never go back, as Prometheus rates need them. Percentiles,
 * extremes and the average are those of a window: what was added since the roll before last. With `roll` called once
 * a minute the window covers the last one to two minutes, and is never empty just because a minute began.
 */
export class Histogram {
  count = 0;
  sum = 0;
  #now = new Uint32Array(64);
  #forgotten: Map<number, number> | undefined = undefined;
  #before = new Uint32Array(0);
  /** `count` and `sum` as they were when the window began, and at the roll after that. */
  #start = { count: 0, sum: 0 };
  #rolled = { count: 0, sum: 0 };

  /** Hot: called several times a request. Fractions are cut off; a negative value is 0, one above 2^31-1 is that. */
  add(value: number): void {
    const whole = value > largest ? largest : value > 0 ? Math.floor(value) : 0;
    this.count += 1;
    this.sum += whole;
    const bucket = bucketOf(whole);
    if (bucket >= this.#now.length) this.#now = grown(this.#now, bucket);
    this.#now[bucket]! += 1;
  }

  /**
   * How often each value was added since the start, by the middle of its bucket. What `roll` forgets is kept from the
   * first call on: only then does it cost anything.
   */
  counts(): ReadonlyMap<number, number> {
    const counts = new Map(this.#forgotten);
    this.#forgotten ??= new Map();
    for (const part of [this.#before, this.#now]) addTo(counts, part);
    return counts;
  }

  /** Ends a part of the window: the last part becomes the one before, and what that one held is forgotten. */
  roll(): void {
    const forgotten = this.#before;
    if (this.#forgotten !== undefined) addTo(this.#forgotten, forgotten);
    this.#before = this.#now;
    this.#now = forgotten.length === 0 ? new Uint32Array(64) : forgotten.fill(0);
    this.#start = this.#rolled;
    this.#rolled = { count: this.count, sum: this.sum };
  }

  /** All there is to know, as a plain value. */
  get everything(): HistogramCounts {
    const { count, sum } = this;
    return { count, sum, start: { ...this.#start }, rolled: { ...this.#rolled }, now: this.#now, before: this.#before };
  }

  /** Adds what another one counted; their windows count as one. */
  absorb(other: HistogramCounts): void {
    this.count += other.count;
    this.sum += other.sum;
    this.#start = plus(this.#start, other.start);
    this.#rolled = plus(this.#rolled, other.rolled);
    this.#now = added(this.#now, other.now);
    this.#before = added(this.#before, other.before);
  }

  /** What the window holds, or undefined where that is nothing. `quantiles` are between 0 and 1, in rising order. */
  window(quantiles: readonly number[]): HistogramWindow | undefined {
    const count = this.count - this.#start.count;
    if (count === 0) return undefined;
    const ranks = quantiles.map((q) => Math.max(1, Math.ceil(q * count)));
    const at: number[] = [];
    let seen = 0;
    let min = -1;
    let max = 0;
    for (let bucket = 0; bucket < Math.max(this.#now.length, this.#before.length); bucket++) {
      const here = (this.#now[bucket] ?? 0) + (this.#before[bucket] ?? 0);
      if (here === 0) continue;
      const value = middleOf(bucket);
      if (min < 0) min = value;
      max = value;
      seen += here;
      while (at.length < ranks.length && ranks[at.length]! <= seen) at.push(value);
    }
    return { count, min, max, average: (this.sum - this.#start.sum) / count, quantiles: at };
  }
}

/** A histogram as another thread can take it: totals, totals when the window and its second part began, buckets. */
export interface HistogramCounts {
  readonly count: number;
  readonly sum: number;
  readonly start: Totals;
  readonly rolled: Totals;
  readonly now: Uint32Array;
  readonly before: Uint32Array;
}

interface Totals {
  readonly count: number;
  readonly sum: number;
}

function plus(a: Totals, b: Totals): Totals {
  return { count: a.count + b.count, sum: a.sum + b.sum };
}

function added(a: Uint32Array<ArrayBuffer>, b: Uint32Array): Uint32Array<ArrayBuffer> {
  const sum = a.length >= b.length ? a : new Uint32Array(b.length);
  if (sum !== a) sum.set(a);
  for (let i = 0; i < b.length; i++) sum[i]! += b[i]!;
  return sum;
}

export interface HistogramWindow {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly average: number;
  /** One for each quantile asked for. */
  readonly quantiles: readonly number[];
}

function addTo(counts: Map<number, number>, part: Uint32Array): void {
  for (let bucket = 0; bucket < part.length; bucket++) {
    const here = part[bucket] ?? 0;
    if (here > 0) counts.set(middleOf(bucket), (counts.get(middleOf(bucket)) ?? 0) + here);
  }
}

const largest = 0x7fffffff;

function bucketOf(whole: number): number {
  if (whole < 256) return whole;
  const shift = 24 - Math.clz32(whole); // leaves 8 significant bits, the first of them 1
  return shift * 128 + (whole >>> shift);
}

/** The middle of a bucket, rounded down. */
function middleOf(bucket: number): number {
  if (bucket < 256) return bucket;
  const shift = (bucket >>> 7) - 1;
  const low = (bucket - shift * 128) * 2 ** shift;
  return low + Math.floor((2 ** shift - 1) / 2);
}

function grown(counts: Uint32Array<ArrayBuffer>, bucket: number): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(2 ** Math.ceil(Math.log2(bucket + 1)));
  bigger.set(counts);
  return bigger;
}
