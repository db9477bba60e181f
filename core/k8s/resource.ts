import type { KubeObject } from './resources.ts';

/** A part of the API that can be listed and watched. */
export interface Resource<T> {
  /** Path of the list, or of the one object. */
  readonly list: string;
  readonly watch: string;
  /** Tells one object, which may not exist, from a collection. */
  readonly named: boolean;
  /** Takes from an object what is needed, so that the rest can be forgotten. May throw on nonsense. */
  readonly read: (object: KubeObject) => T;
}

/** All objects of one kind in a namespace, or everywhere; `group` is `/api/v1` or `/apis/<group>/<version>`. */
export function collection<T>(
  group: string,
  namespace: string | undefined,
  plural: string,
  read: (object: KubeObject) => T,
): Resource<T> {
  const list = `${group}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;
  return { list, watch: list, named: false, read };
}

/** One object, watched at `/watch/…` as Linkerd does: a stand-in for an API server may know nothing else. */
export function object<T>(
  group: string,
  namespace: string,
  plural: string,
  name: string,
  read: (object: KubeObject) => T,
): Resource<T> {
  const path = `/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
  return { list: group + path, watch: `${group}/watch${path}`, named: true, read };
}
