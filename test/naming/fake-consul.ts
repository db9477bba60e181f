import { type Addr, boundAddr, boundName, type Name, weightedAddress } from '#core/naming/name.ts';
import { leaf, type NameTree, neg } from '#core/naming/name-tree.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { Activity } from '#core/reactive/activity.ts';

/** Services of a Consul agent by datacenter and name, as the fixtures write them. */
export type Services = Readonly<Record<string, Readonly<Record<string, readonly Instance[]>>>>;

interface Instance {
  readonly address: string;
  readonly serviceAddress?: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly status?: string;
  readonly meta?: Readonly<Record<string, string>>;
}

export interface ConsulConfig {
  readonly includeTag?: boolean;
  readonly useHealthCheck?: boolean;
  readonly healthStatuses?: readonly string[];
  readonly preferServiceAddress?: boolean;
  readonly setHost?: boolean;
  readonly transferMetadata?: boolean;
  readonly weights?: readonly { readonly tag: string; readonly weight: number }[];
}

/** Linkerd's Consul namer over fixed services; the id keeps no case, as that is a quirk. */
export function fakeConsulNamer(prefix: Path, services: Services, config: ConsulConfig): Namer {
  const size = config.includeTag === true ? 3 : 2;
  const root = Path.of('#').concat(prefix);
  return {
    prefix,
    lookup(path): Activity<NameTree<Name>> {
      const [dc = '', ...own] = path.take(size).segments;
      const found = instances(
        services[dc === '.local' ? 'dc1' : dc],
        own.map((s) => s.toLowerCase()),
        config,
      );
      if (path.size < size || found.length === 0) return Activity.value(neg);
      const addresses = found.map((i) =>
        weightedAddress(
          config.preferServiceAddress === false ? i.address : (i.serviceAddress ?? i.address),
          i.port,
          weightOf(i, config),
        ),
      );
      const host = config.setHost === true ? { authority: [...own, 'service', dc, 'consul'].join('.') } : {};
      const meta = config.transferMetadata === true ? { ...host, ...found[0]?.meta } : host;
      const addr = Activity.value<Addr>({ ...boundAddr(...addresses), meta });
      return Activity.value(leaf(boundName(root.concat(path.take(size)), path.drop(size), addr)));
    },
  };
}

function instances(
  datacenter: Services[string] | undefined,
  own: readonly string[],
  config: ConsulConfig,
): readonly Instance[] {
  const [tag, service] = config.includeTag === true ? own : [undefined, own[0]];
  const statuses = config.healthStatuses ?? ['passing'];
  return (datacenter?.[service ?? ''] ?? []).filter(
    (i) =>
      (tag === undefined || i.tags.includes(tag)) &&
      (config.useHealthCheck !== true || statuses.includes(i.status ?? 'passing')),
  );
}

function weightOf(instance: Instance, config: ConsulConfig): number {
  const matching = (config.weights ?? []).filter((w) => instance.tags.includes(w.tag)).map((w) => w.weight);
  return matching.length === 0 ? 1 : Math.max(...matching);
}
