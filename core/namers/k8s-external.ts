import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { systemResolver } from '../host.ts';
import { Api } from '../k8s/api.ts';
import { externalAt } from '../k8s/external.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, address, boundAddr, boundName, negAddr } from '../naming/name.ts';
import { neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { existing } from './existing.ts';
import { k8sFields } from './fields.ts';
import { couldExist, isLabelValue } from './k8s.ts';
import { PolledHosts } from './polled-hosts.ts';

/**
 * Binds `/<namespace>/<port>/<service>` (with `labelSelector`, a label key, also `/<its value>`), in lower case, to
 * where the load balancer of a Service is, for linkers outside the cluster. The port is its name or its number.
 *
 * Neg: no such service, port or label, or no load balancer yet. Of several places the last counts, as in Linkerd; a
 * host name is looked up every few seconds.
 */
export const k8sExternalNamer = defineKind({
  experimental: true,
  schema: z.strictObject({ kind: z.literal('io.l5d.k8s.external'), ...k8sFields }),
  make({ host, port, labelSelector, ...config }, world: World): Namer {
    const prefix = config.prefix ?? Path.of(config.kind);
    const root = Path.of(configuredNamerElement).concat(prefix);
    const consumed = labelSelector === undefined ? 3 : 4;
    const api = Api.of(world, { host, port });
    const hosts = new PolledHosts(world.clock, world.resolve ?? systemResolver);

    const addrs = new KeyedActivities<Addr>((text, set) => {
      const [namespace = '', port = '', service = '', value = ''] = Path.read(text).segments;
      const label = labelSelector === undefined ? undefined : ([labelSelector, value] as const);
      return externalAt(api, { namespace, service, label }, port)
        .flatMap((place): Activity<Addr> => {
          if (place === undefined) return Activity.value(negAddr);
          return hosts.of(place.host).map((all) => boundAddr(...(all ?? []).map((each) => address(each, place.port))));
        })
        .stabilized()
        .states.observe(set);
    });

    return {
      prefix,
      followed: () => addrs.states(),
      lookup(path) {
        const own = Path.of(...path.take(consumed).segments.map((s) => s.toLowerCase()));
        const [namespace = '', , service = '', value] = own.segments;
        if (own.size < consumed || !couldExist(namespace, service)) return Activity.value(neg);
        if (value !== undefined && !isLabelValue(value)) return Activity.value(neg);
        return existing(boundName(root.concat(own), path.drop(consumed), addrs.get(own.show)));
      },
    };
  },
});
