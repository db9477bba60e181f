import type { Strings } from './pod.ts';

/**
 * RFC 6902 `add`, the only operation used. On a map it sets a member, on a list it inserts before the index. All
 * patches are built straight from what is known of the raw object; the pod itself is never written anew.
 */
export interface AddOperation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/** A JSON pointer (RFC 6901) as its segments. */
export type Pointer = readonly (string | number)[];

export function pointer(segments: Pointer): string {
  let path = '';
  for (const segment of segments) path += `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return path;
}

export const add = (at: Pointer, value: unknown): AddOperation => ({ op: 'add', path: pointer(at), value });

/** Sets members of a map of strings that may be missing; members that have their value already cost nothing. */
export function setMembers(at: Pointer, existing: Strings | null | undefined, wanted: Strings): AddOperation[] {
  const missing = Object.entries(wanted).filter(([key, value]) => !hasMember(existing, key, value));
  if (missing.length === 0) return [];
  if (existing === undefined || existing === null) return [add(at, Object.fromEntries(missing))];
  return missing.map(([key, value]) => add([...at, key], value));
}

function hasMember(map: Strings | null | undefined, key: string, value: string): boolean {
  return map !== undefined && map !== null && Object.hasOwn(map, key) && map[key] === value;
}

/** Puts items, in their order, before all that a list holds; the list may be missing. */
export function insertFront(
  at: Pointer,
  existing: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): AddOperation[] {
  if (items.length === 0) return [];
  if (existing === undefined || existing === null) return [add(at, items)];
  return items.toReversed().map((item) => add([...at, 0], item));
}

/** Puts items, in their order, after all that a list holds; the list may be missing. */
export function append(
  at: Pointer,
  existing: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): AddOperation[] {
  if (items.length === 0) return [];
  if (existing === undefined || existing === null) return [add(at, items)];
  return items.map((item) => add([...at, '-'], item));
}
