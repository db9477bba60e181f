import type { HistogramCounts } from './histogram.ts';
import { Counter, Gauge, type Metrics } from './metrics.ts';

/** A metrics tree at one moment, as a plain value that threads can send each other. */
export interface MetricsSnapshot {
  readonly metric?: MetricValue | undefined;
  readonly children: ReadonlyMap<string, MetricsSnapshot>;
}

type MetricValue =
  | { readonly kind: 'counter' | 'gauge'; readonly value: number }
  | { readonly kind: 'stat'; readonly counts: HistogramCounts };

/** How two threads' gauges of one name make one: their sum, or the larger where both measure the same thing. */
export type GaugeRule = (scopes: readonly string[]) => 'sum' | 'largest';

export function snapshotOf(node: Metrics): MetricsSnapshot {
  const children = new Map<string, MetricsSnapshot>();
  for (const [name, child] of node.children) children.set(name, snapshotOf(child));
  return { metric: currentOf(node), children };
}

/** Adds a snapshot to a tree. Without a rule gauges are left out: what they measured is gone. */
export function absorb(into: Metrics, { metric, children }: MetricsSnapshot, rule?: GaugeRule): void {
  addAll(into, { metric, children }, rule, []);
}

function addAll(into: Metrics, { metric, children }: MetricsSnapshot, rule: GaugeRule | undefined, at: string[]): void {
  if (metric?.kind === 'counter') into.counter().add(metric.value);
  else if (metric?.kind === 'stat') into.stat().histogram.absorb(metric.counts);
  else if (metric !== undefined && rule !== undefined) {
    const before = into.metric instanceof Gauge ? into.metric.read() : undefined;
    const value = before === undefined ? metric.value : both(before, metric.value, rule(at));
    into.gauge([], () => value);
  }
  for (const [name, child] of children) addAll(into.scope(name), child, rule, [...at, name]);
}

function both(a: number, b: number, rule: 'sum' | 'largest'): number {
  return rule === 'sum' ? a + b : Math.max(a, b);
}

function currentOf({ metric }: Metrics): MetricValue | undefined {
  if (metric === undefined) return undefined;
  if (metric instanceof Counter) return { kind: 'counter', value: metric.value };
  if (metric instanceof Gauge) return { kind: 'gauge', value: metric.read() };
  return { kind: 'stat', counts: metric.histogram.everything };
}
