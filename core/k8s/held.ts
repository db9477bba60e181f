import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from './resources.ts';

/** What is known of a collection, by `namespace/name`. Never changed once given out. */
export type Snapshot<T> = ReadonlyMap<string, T>;

/** The objects a watch has seen, in what they were last. */
export class Held<T> {
  readonly #read: (object: KubeObject) => T;
  readonly #objects = new Map<string, { readonly version: string; readonly value: T }>();

  constructor(read: (object: KubeObject) => T) {
    this.#read = read;
  }

  /** Whether what was read of it is new: older than what is known, or the same again, is not. @throws if unreadable. */
  put(object: KubeObject): boolean {
    const key = keyOf(object);
    const version = object.metadata?.resourceVersion ?? '';
    const before = this.#objects.get(key);
    if (before !== undefined && version !== '' && (before.version === version || isOlder(version, before.version))) {
      return false;
    }
    const value = this.#read(object);
    if (before !== undefined && isDeepStrictEqual(value, before.value)) {
      this.#objects.set(key, { version, value: before.value });
      return false;
    }
    this.#objects.set(key, { version, value });
    return true;
  }

  /** Whether it was there, and not in a newer version. */
  delete(object: KubeObject): boolean {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before === undefined || isOlder(object.metadata?.resourceVersion ?? '', before.version)) return false;
    return this.#objects.delete(key);
  }

  snapshot(): Snapshot<T> {
    const now = new Map<string, T>();
    for (const [key, { value }] of this.#objects) now.set(key, value);
    return now;
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

/** Compares resource versions as Kubernetes defines it since 1.35: decimal numbers of any length. Others are unordered. */
export function isOlder(a: string, b: string): boolean {
  if (!/^[1-9]\d*$/.test(a) || !/^[1-9]\d*$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
