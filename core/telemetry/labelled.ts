import type { Metric, Metrics } from './metrics.ts';

/** Scopes that stand for a value rather than a name, as exporters for Linkerd have it, by the path of names above them. */
const labels = new Map([
  ['rt', 'rt'],
  ['rt:server', 'server'],
  ['rt:service', 'service'],
  ['rt:client', 'client'],
  ['rt:client:service', 'service'],
]);

/** A node of the tree with the scopes that are values taken out of its path: `rt:client`, `{rt: 'http', client: '#/io.l5d.fs/web'}`. */
export interface Labelled {
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Metrics directly below, by their own names. */
  readonly metrics: readonly (readonly [name: string, metric: Metric])[];
}

/** All nodes that have metrics directly below them, from the root. */
export function* labelledNodes(
  node: Metrics,
  names: readonly string[] = [],
  values: Labelled['labels'] = {},
): Generator<Labelled> {
  const label = labels.get(names.join(':'));
  if (label !== undefined && !(label in values)) {
    for (const [value, child] of node.children) yield* labelledNodes(child, names, { ...values, [label]: value });
    return;
  }
  const metrics = [...node.children].flatMap(([name, { metric }]) =>
    metric === undefined ? [] : [[name, metric] as const],
  );
  if (metrics.length > 0) yield { names, labels: values, metrics };
  for (const [name, child] of node.children) yield* labelledNodes(child, [...names, name], values);
}
