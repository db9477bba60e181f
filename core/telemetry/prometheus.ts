import { Counter, Gauge, type Metric, type Metrics } from './metrics.ts';

/** Content type of the text. It is plain text without a version, as Linkerd says it. */
export const prometheusType = 'text/plain';

const quantiles = [0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1] as const;

interface Place {
  /** Scopes that make the name. */
  readonly scopes: readonly string[];
  /** `rt="http", client="#/io.l5d.fs/web"` */
  readonly labels: readonly string[];
}

/**
 * All metrics in Prometheus' text format, with the names and labels that Linkerd 1.x gives them, so that its dashboards
 * work: `rt:client:requests{rt="http", client="#/io.l5d.fs/web"} 12`. No HELP and TYPE lines.
 *
 * `_count` and `_sum` of a distribution run from the start; quantiles and `_avg` are those of the last one to two
 * minutes, and are left out where nothing happened in that time. Label values are escaped as Prometheus wants it.
 */
export function prometheusText(root: Metrics, prefix = ''): string {
  const lines: string[] = [];
  walk(root, { scopes: [], labels: [] }, (place, metric) => {
    const name = prefix + place.scopes.join(':').replace(/[^a-zA-Z0-9:]/g, '_');
    samples(name, place.labels, metric, lines);
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** `label`: what the scopes below the node are values of; undefined where they are part of the name. */
function walk(node: Metrics, place: Place, see: (place: Place, metric: Metric) => void, label?: string): void {
  if (node.metric !== undefined) see(place, node.metric);
  for (const [scope, child] of node.children) {
    if (label === 'exception') exceptions(child, scope, place, see);
    else if (label !== undefined) walk(child, { ...place, labels: [...place.labels, labelled(label, scope)] }, see);
    else {
      const scopes = [...place.scopes, scope];
      walk(child, { ...place, scopes }, see, labelBelow(scopes));
    }
  }
}

/** Nested exception classes become one label: `exception="com.twitter.finagle.ChannelWriteException:java.net.ConnectException"`. */
function exceptions(
  node: Metrics,
  classes: string,
  { scopes, labels }: Place,
  see: (place: Place, metric: Metric) => void,
): void {
  const named = scopes.map((s) => (s === 'exn' ? 'exceptions' : s));
  if (node.metric !== undefined)
    see({ scopes: named, labels: [...labels, labelled('exception', classes)] }, node.metric);
  for (const [scope, child] of node.children) exceptions(child, `${classes}:${scope}`, { scopes, labels }, see);
}

function labelBelow(scopes: readonly string[]): string | undefined {
  const at = scopes.join(':');
  if (/^rt:(server|service|client|client:service):(failures|exn)$/.test(at)) return 'exception';
  return scopeLabels.get(at);
}

const scopeLabels = new Map([
  ['rt', 'rt'],
  ['rt:server', 'server'],
  ['rt:service', 'service'],
  ['rt:client', 'client'],
  ['rt:client:service', 'service'],
]);

function samples(name: string, labels: readonly string[], metric: Metric, lines: string[]): void {
  const all = labels.length === 0 ? '' : `{${labels.join(', ')}}`;
  if (metric instanceof Counter) lines.push(`${name}${all} ${metric.value}`);
  else if (metric instanceof Gauge) lines.push(`${name}${all} ${asFloat(metric.read())}`);
  else if (metric.histogram.count > 0) {
    lines.push(`${name}_count${all} ${metric.histogram.count}`, `${name}_sum${all} ${metric.histogram.sum}`);
    const window = metric.histogram.window(quantiles);
    if (window === undefined) return;
    lines.push(`${name}_avg${all} ${asFloat(window.average)}`);
    for (const [i, q] of quantiles.entries()) {
      lines.push(`${name}{${[...labels, labelled('quantile', String(q))].join(', ')}} ${window.quantiles[i] ?? 0}`);
    }
  }
}

function labelled(label: string, value: string): string {
  return `${label}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`;
}

function asFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
