import type { Ingress, IngressBackend, PathRule } from '#core/k8s/ingresses.ts';
import { linearPattern } from './linear-pattern.ts';

/** A Service to send a request to. */
export interface IngressTarget extends IngressBackend {
  readonly namespace: string;
}

interface Entry {
  readonly rank: number;
  readonly matches: (path: string) => boolean;
  readonly target: IngressTarget;
}

/**
 * The rules of all Ingresses, made once, looked up for every request.
 *
 * A rule for the very host goes before one for `*.` and its domain, and that before one for every host. Under one host
 * the longest match wins: an exact path, then a pattern (which has to match the whole path; in the order written), then
 * the longer prefix; last those for any path. Equal ones go by age, the oldest Ingress first. If none matches, the
 * first default backend there is.
 */
export class IngressTable {
  /** `<namespace>/<name> <path>` of rules that match nothing, as their patterns cannot be used. */
  readonly refused: readonly string[];
  readonly #byHost = new Map<string, Entry[]>();
  readonly #fallback: IngressTarget | undefined;

  constructor(ingresses: readonly Ingress[], options: { readonly ignoreDefaultBackends: boolean }) {
    const refused: string[] = [];
    for (const { namespace, name, rules } of ingresses) {
      for (const { host, path, backend } of rules) {
        const matches = matcher(path);
        if (matches === undefined) {
          refused.push(`${namespace}/${name} ${path.path}`);
          continue;
        }
        const entries = this.#byHost.get(host) ?? [];
        this.#byHost.set(host, entries);
        entries.push({ rank: rank(path), matches, target: { namespace, ...backend } });
      }
    }
    this.refused = refused;
    for (const entries of this.#byHost.values()) entries.sort((a, b) => b.rank - a.rank);
    const first = ingresses.find(({ defaultBackend }) => defaultBackend !== undefined);
    if (first?.defaultBackend !== undefined && !options.ignoreDefaultBackends)
      this.#fallback = { namespace: first.namespace, ...first.defaultBackend };
  }

  /** `host` as the caller sent it, maybe with a port; `uri` with its query. */
  find(host: string, uri: string): IngressTarget | undefined {
    const query = uri.indexOf('?');
    const path = query < 0 ? uri : uri.slice(0, query);
    const name = nameOf(host);
    const lower = name.toLowerCase();
    const dot = lower.indexOf('.');
    return (
      this.#under(name.startsWith('*') ? `\\${name}` : name, path) ??
      (lower === name ? undefined : this.#under(lower, path)) ??
      (dot <= 0 ? undefined : this.#under(`*${lower.slice(dot)}`, path)) ??
      this.#under('', path) ??
      this.#fallback
    );
  }

  #under(host: string, path: string): IngressTarget | undefined {
    return this.#byHost.get(host)?.find(({ matches }) => matches(path))?.target;
  }
}

/** A host without its port and the dot at its end. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').replace(/\.$/, '');
}

function rank({ type, path }: PathRule): number {
  if (path === '') return -1;
  switch (type) {
    case 'exact':
      return Number.POSITIVE_INFINITY;
    case 'regex':
      return Number.MAX_SAFE_INTEGER;
    case 'prefix':
      return withoutSlash(path).length;
  }
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** Undefined for a pattern that cannot be used: that rule matches nothing. */
function matcher({ type, path }: PathRule): ((path: string) => boolean) | undefined {
  if (path === '') return () => true;
  switch (type) {
    case 'exact':
      return (given) => given === path;
    case 'prefix': {
      const elements = withoutSlash(path);
      return (given) =>
        given.startsWith(elements) && (given.length === elements.length || given[elements.length] === '/');
    }
    case 'regex': {
      const whole = linearPattern(path);
      return whole && ((given) => whole.test(given));
    }
  }
}
