/** A pod, or the template of one, inside a Kubernetes object. */
export interface PodTemplate {
  /** From the root of the document. */
  readonly path: readonly (string | number)[];
  /** `deployment/web`. */
  readonly owner: string;
  /** The object's own; undefined where it has none. */
  readonly namespace: string | undefined;
  readonly template: unknown;
}

/**
 * Every pod template of a document: of a Pod the object itself, of a CronJob the one of its jobs, of a List those of its
 * items, and of any other kind, known or not, `spec.template` where that has containers.
 */
export function podTemplates(document: unknown, at: readonly (string | number)[] = []): PodTemplate[] {
  const kind = text(get(document, 'kind'));
  if (kind.endsWith('List')) {
    const items = get(document, 'items');
    return Array.isArray(items) ? items.flatMap((item, i) => podTemplates(item, [...at, 'items', i])) : [];
  }
  const path = placeOf[kind] ?? ['spec', 'template'];
  const template = get(document, ...path);
  if (!Array.isArray(get(template, 'spec', 'containers'))) return [];
  const namespace = get(document, 'metadata', 'namespace');
  return [
    {
      path: [...at, ...path],
      owner: `${kind.toLowerCase()}/${text(get(document, 'metadata', 'name')) || text(get(document, 'metadata', 'generateName'))}`,
      namespace: typeof namespace === 'string' ? namespace : undefined,
      template,
    },
  ];
}

const placeOf: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

function get(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at: unknown = value;
  for (const key of path)
    at = typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined;
  return at;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
