import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { addressesOf } from '../k8s/addresses.ts';
import { Api } from '../k8s/api.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, boundAddr, boundName, negAddr } from '../naming/name.ts';
import { neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { existing } from './existing.ts';
import { k8sFields } from './fields.ts';

const schema = z.strictObject({ kind: z.literal('io.l5d.k8s'), ...k8sFields });

export const k8sNamer = defineKind({
  schema,
  make: ({ host, port, ...config }, world: World): Namer =>
    makeK8sNamer(config.prefix ?? Path.of(config.kind), Api.of(world, { host, port }), config),
});

/** What a namer of Kubernetes services may be told. */
export interface K8sNames {
  /** A label that services must have, with the value the name ends with. */
  readonly labelSelector?: string | undefined;
  /** The namespace of all names, which then begin with the port. */
  readonly namespace?: string;
}

/**
 * Binds `/<namespace>/<port>/<service>` (with `labelSelector`, a label key, also `/<its value>`), in lower case, to the
 * ready replicas of a Kubernetes Service. The port is a name or the Service's number for it; further elements are
 * residual.
 *
 * Neg, so that alternatives are tried: no such namespace, service or port, or nothing behind it. A service whose
 * replicas are all unready is a leaf without addresses. The tree changes only when existence does; replicas that come
 * and go change the addresses under it.
 */
export function makeK8sNamer(prefix: Path, api: Api, { labelSelector, namespace: fixed }: K8sNames = {}): Namer {
  const root = Path.of(configuredNamerElement).concat(prefix);
  const before = fixed === undefined ? Path.empty : Path.of(fixed);
  const consumed = (labelSelector === undefined ? 3 : 4) - before.size;

  /** By the path's canonical text, so that a name bound twice is bound to the same addresses. */
  const addrs = new KeyedActivities<Addr>((text, set) => {
    const [namespace = '', port = '', service = '', value = ''] = Path.read(text).segments;
    const label = labelSelector === undefined ? undefined : ([labelSelector, value] as const);
    return addressesOf(api, { namespace, service, label }, port)
      .map((all) => (all === undefined ? negAddr : boundAddr(...all)))
      .states.observe(set);
  });

  return {
    prefix,
    followed: () => addrs.states(),
    lookup(path) {
      const own = Path.of(...path.take(consumed).segments.map((s) => s.toLowerCase()));
      const wanted = before.concat(own);
      const [namespace = '', , service = '', value] = wanted.segments;
      if (own.size < consumed || !couldExist(namespace, service)) return Activity.value(neg);
      if (value !== undefined && !isLabelValue(value)) return Activity.value(neg);
      return existing(boundName(root.concat(own), path.drop(consumed), addrs.get(wanted.show)));
    },
  };
}

/** Names come from callers' requests: what Kubernetes allows nobody to create is not asked for. */
export function couldExist(...names: readonly string[]): boolean {
  return names.every((name) => name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name));
}

export function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^[a-z0-9]([-_.a-z0-9]*[a-z0-9])?$/.test(value);
}
