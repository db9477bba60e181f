import { labelledNodes } from './labelled.ts';
import { Counter, Gauge, type Metric, type Metrics } from './metrics.ts';

const percentiles = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
  ['p9999', 0.9999],
] as const;
const quantiles = percentiles.map(([, quantile]) => quantile);

/**
 * All metrics in InfluxDB's line protocol, a line a scope with the metrics directly below it as fields, as Linkerd has
 * it: `rt:server,host=10.0.0.1:9990,rt=http,server=0.0.0.0/4140 requests=1,success=1`. Top-level metrics are in `root`.
 *
 * What could end a tag (blank, comma, equals sign) is escaped as the protocol wants it; Linkerd did not.
 */
export function influxText(metrics: Metrics, host: string): string {
  let text = '';
  for (const { names, labels, metrics: below } of labelledNodes(metrics)) {
    const fields = below.flatMap(([name, metric]) => fieldsOf(key(name), metric)).sort(byName);
    if (fields.length === 0) continue;
    const tags = Object.entries({ ...labels, host })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, value]) => `,${label}=${tag(value)}`);
    const name = names.length === 0 ? 'root' : key(names.join(':'));
    text += `${name}${tags.join('')} ${fields.map(([name, value]) => `${name}=${value}`).join(',')}\n`;
  }
  return text;
}

type Field = readonly [name: string, value: number];

function byName([a]: Field, [b]: Field): number {
  return a < b ? -1 : 1;
}

function fieldsOf(name: string, metric: Metric): Field[] {
  if (metric instanceof Counter) return [[name, metric.value]];
  if (metric instanceof Gauge) {
    const value = metric.read();
    return Number.isFinite(value) ? [[name, value]] : [];
  }
  const { histogram } = metric;
  const fields: Field[] = [[`${name}_count`, histogram.count]];
  const window = histogram.count === 0 ? undefined : histogram.window(quantiles);
  if (window === undefined) return fields;
  fields.push([`${name}_sum`, histogram.sum], [`${name}_avg`, window.average]);
  fields.push([`${name}_min`, window.min], [`${name}_max`, window.max]);
  for (const [i, [p]] of percentiles.entries()) fields.push([`${name}_${p}`, window.quantiles[i] ?? 0]);
  return fields;
}

function key(name: string): string {
  return name.replace(/[^a-zA-Z0-9:]/g, '_');
}

function tag(value: string): string {
  return value === '' ? '-' : value.replace(/[\r\n]/g, '_').replace(/[ ,=\\]/g, '\\$&');
}
