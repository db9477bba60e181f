import { Histogram } from './histogram.ts';

/** Counts up. The data path holds the object and writes the field. */
export class Counter {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}

/** A value read when someone asks. */
export class Gauge {
  readonly read: () => number;

  constructor(read: () => number) {
    this.read = read;
  }
}

/** A distribution of non-negative whole numbers (milliseconds, bytes). */
export class Stat {
  readonly histogram = new Histogram();

  add(value: number): void {
    this.histogram.add(value);
  }
}

export type Metric = Counter | Gauge | Stat;

/**
 * A node of the metrics tree, as Finagle's StatsReceiver has it: a scope is one element even where it contains '/'
 * (`rt/http/client/#/io.l5d.fs/web` is the four scopes `rt`, `http`, `client`, `#/io.l5d.fs/web`).
 *
 * A node may be a metric and have children too (`failures` and `failures/<class>`).
 */
export class Metrics {
  readonly children = new Map<string, Metrics>();
  metric: Metric | undefined = undefined;

  scope(...names: readonly string[]): Metrics {
    let node: Metrics = this;
    for (const name of names) {
      let next = node.children.get(name);
      if (next === undefined) {
        next = new Metrics();
        node.children.set(name, next);
      }
      node = next;
    }
    return node;
  }

  counter(...names: readonly string[]): Counter {
    const node = this.scope(...names);
    if (!(node.metric instanceof Counter)) node.metric = new Counter();
    return node.metric;
  }

  stat(...names: readonly string[]): Stat {
    const node = this.scope(...names);
    if (!(node.metric instanceof Stat)) node.metric = new Stat();
    return node.metric;
  }

  /** The last gauge given for a name is the one read. */
  gauge(names: readonly string[], read: () => number): void {
    this.scope(...names).metric = new Gauge(read);
  }

  /** Removes a subtree, when the client or service it counts is closed. */
  remove(...names: readonly string[]): void {
    const last = names[names.length - 1];
    if (last === undefined) return;
    let node: Metrics | undefined = this;
    for (const name of names.slice(0, -1)) node = node?.children.get(name);
    node?.children.delete(last);
  }
}
