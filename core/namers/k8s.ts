import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { addressesOf } from '../k8s/addresses.ts';
import { Api } from '../k8s/api.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, boundAddr, boundName, type Name, negAddr } from '../naming/name.ts';
import { leaf, type NameTree, neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { namerFields } from './fields.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.k8s'),
  ...namerFields,
  host: z.string().optional().describe('Of a `kubectl proxy`. Without host and port, the service account is used.'),
  port: port.optional().describe('Of a `kubectl proxy`.'),
  labelSelector: z.string().optional().describe('A label that services must have, with the value the name ends with.'),
});

export const k8sNamer = defineKind({
  schema,
  make: ({ host, port, ...config }, world: World): Namer =>
    makeK8sNamer(config.prefix ?? Path.of(config.kind), Api.of(world, { host, port }), config.labelSelector),
});

/**
 * Binds `/<namespace>/<port>/<service>` (with `labelSelector`, a label key, also `/<its value>`), in lower case, to the
 * ready replicas of a Kubernetes Service. The port is a name or the Service's number for it; further elements are
 * residual.
 *
 * Neg, so that alternatives are tried: no such namespace, service or port, or nothing behind it. A service whose
 * replicas are all unready is a leaf without addresses. The tree changes only when existence does; replicas that come
 * and go change the addresses under it.
 */
export function makeK8sNamer(prefix: Path, api: Api, labelSelector?: string): Namer {
  const root = Path.of(configuredNamerElement).concat(prefix);
  const consumed = labelSelector === undefined ? 3 : 4;

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
    lookup(path) {
      const wanted = Path.of(...path.take(consumed).segments.map((s) => s.toLowerCase()));
      const [namespace = '', , service = '', value] = wanted.segments;
      if (wanted.size < consumed || !couldExist(namespace, service)) return Activity.value(neg);
      if (value !== undefined && !isLabelValue(value)) return Activity.value(neg);

      const addr = addrs.get(wanted.show);
      const bound = boundName(root.concat(wanted), path.drop(consumed), addr);
      return addr
        .map((now) => now.kind !== 'neg')
        .distinct((a, b) => a === b)
        .map((exists): NameTree<Name> => (exists ? leaf(bound) : neg));
    },
  };
}

/** Names come from callers' requests: what Kubernetes allows nobody to create is not asked for. */
function couldExist(...names: readonly string[]): boolean {
  return names.every((name) => name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name));
}

function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^[a-z0-9]([-_.a-z0-9]*[a-z0-9])?$/.test(value);
}
