import { Counter, Gauge, type Metrics, Stat } from './metrics.ts';

/** Lines of values that one report may have, at most: a busy process at a rate of 1 would send without end. */
const LINES = 10_000;

/**
 * What has changed since the report before, as statsd's lines: `linkerd.rt.http.server.127_0_0_1.4140.requests:3|c|@1.000000`.
 *
 * A counter's line is the sum of what was added, so that nothing is lost to sampling. Of the values of a distribution the
 * share `rate` is sent, each with that rate, as timers; they are as exact as the histogram that held them.
 */
export class StatsdReport {
  readonly #metrics: Metrics;
  readonly #prefix: string;
  readonly #rate: number;
  readonly #random: () => number;
  #counted = new WeakMap<Counter, number>();
  #seen = new WeakMap<Stat, ReadonlyMap<number, number>>();

  constructor(
    metrics: Metrics,
    options: { readonly prefix: string; readonly rate: number; readonly random: () => number },
  ) {
    this.#metrics = metrics;
    this.#prefix = options.prefix;
    this.#rate = options.rate;
    this.#random = options.random;
  }

  lines(): readonly string[] {
    const lines: string[] = [];
    this.#visit(this.#metrics, this.#prefix, lines);
    return lines;
  }

  #visit({ metric, children }: Metrics, name: string, lines: string[]): void {
    if (metric instanceof Counter) this.#count(metric, name, lines);
    else if (metric instanceof Gauge) gauge(metric, name, lines);
    else if (metric instanceof Stat) this.#values(metric, name, lines);
    for (const [scope, child] of children) {
      const own = scope.replace(/[^/a-zA-Z0-9]/g, '_').replaceAll('/', '.');
      this.#visit(child, name === '' ? own : `${name}.${own}`, lines);
    }
  }

  #count(counter: Counter, name: string, lines: string[]): void {
    const added = counter.value - (this.#counted.get(counter) ?? 0);
    this.#counted.set(counter, counter.value);
    if (added !== 0) lines.push(`${name}:${added}|c|@1.000000`);
  }

  #values(stat: Stat, name: string, lines: string[]): void {
    const before = this.#seen.get(stat);
    const now = stat.histogram.counts();
    this.#seen.set(stat, now);
    for (const [value, count] of now) {
      const expected = (count - (before?.get(value) ?? 0)) * this.#rate;
      // What is left of a whole number is a chance, so that few values are sent as often as their rate says.
      const sent = Math.floor(expected) + (this.#random() < expected % 1 ? 1 : 0);
      for (let i = 0; i < sent && lines.length < LINES; i++)
        lines.push(`${name}:${value}|ms|@${this.#rate.toFixed(6)}`);
    }
  }
}

function gauge({ read }: Gauge, name: string, lines: string[]): void {
  const value = read();
  if (Number.isFinite(value)) lines.push(`${name}:${value}|g`);
}

/** Lines put together into packets of at most `bytes`, as statsd takes them. */
export function packets(lines: readonly string[], bytes: number): string[] {
  const out: string[] = [];
  let packet = '';
  for (const line of lines) {
    if (packet !== '' && packet.length + 1 + line.length > bytes) {
      out.push(packet);
      packet = line;
    } else packet = packet === '' ? line : `${packet}\n${line}`;
  }
  if (packet !== '') out.push(packet);
  return out;
}
