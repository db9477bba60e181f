import { Counter, Gauge, type Metric, type Metrics } from './metrics.ts';

/** Percentiles of a distribution by the names Linkerd's exporters give them. */
export const percentiles = [
  { key: 'p50', quantile: 0.5 },
  { key: 'p90', quantile: 0.9 },
  { key: 'p95', quantile: 0.95 },
  { key: 'p99', quantile: 0.99 },
  { key: 'p9990', quantile: 0.999 },
  { key: 'p9999', quantile: 0.9999 },
] as const;

const quantiles = percentiles.map((p) => p.quantile);

/**
 * All metrics as one flat object, `rt/http/server/0.0.0.0/4140/requests: 3`. A distribution is a few entries:
 * `.count` and `.sum` since the start, `.min`, `.max`, `.avg` and percentiles over the last one to two minutes, which
 * are left out where nothing happened in that time.
 */
export function flatMetrics(root: Metrics, scope = ''): Record<string, number> {
  const flat: Record<string, number> = {};
  visit(root, scope, (name, metric) => {
    if (metric instanceof Counter) flat[name] = metric.value;
    else if (metric instanceof Gauge) flat[name] = metric.read();
    else for (const [key, value] of distribution(metric)) flat[`${name}.${key}`] = value;
  });
  return flat;
}

/** A nested object; what a metric says stands beside its children as `counter`, `gauge` or `stat.count`, `stat.sum`, … */
export interface MetricsTree {
  [name: string]: number | MetricsTree;
}

/** All metrics as nested objects, one level a scope. */
export function metricsTree({ metric, children }: Metrics): MetricsTree {
  const tree: MetricsTree = {};
  if (metric instanceof Counter) tree['counter'] = metric.value;
  else if (metric instanceof Gauge) tree['gauge'] = metric.read();
  else if (metric !== undefined) for (const [key, value] of distribution(metric)) tree[`stat.${key}`] = value;
  for (const [name, child] of children) tree[name] = metricsTree(child);
  return tree;
}

/** The node a name such as `rt/http/client` leads to. Scopes that contain slashes are found too. */
export function subtree(root: Metrics, name: string): Metrics | undefined {
  if (name === '') return root;
  for (const [scope, child] of root.children) {
    if (name === scope) return child;
    if (!name.startsWith(`${scope}/`)) continue;
    const found = subtree(child, name.slice(scope.length + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function visit(node: Metrics, name: string, see: (name: string, metric: Metric) => void): void {
  if (node.metric !== undefined) see(name, node.metric);
  for (const [scope, child] of node.children) visit(child, name === '' ? scope : `${name}/${scope}`, see);
}

function distribution({ histogram }: Exclude<Metric, Counter | Gauge>): [string, number][] {
  const entries: [string, number][] = [['count', histogram.count]];
  if (histogram.count === 0) return entries;
  entries.push(['sum', histogram.sum]);
  const window = histogram.window(quantiles);
  if (window === undefined) return entries;
  entries.push(['min', window.min], ['max', window.max], ['avg', window.average]);
  for (const [i, { key }] of percentiles.entries()) entries.push([key, window.quantiles[i] ?? 0]);
  return entries;
}
