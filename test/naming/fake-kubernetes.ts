import { numericHost } from '#core/host.ts';
import { type Address, boundAddr, boundName, type Name, negAddr } from '#core/naming/name.ts';
import { leaf, type NameTree, neg } from '#core/naming/name-tree.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { type NamedTransformer, perBound } from '#core/naming/transformer.ts';
import { Activity } from '#core/reactive/activity.ts';

/** Objects of a Kubernetes API by their path, as the fixtures write them. */
export type Objects = Readonly<Record<string, KubeObject>>;

interface KubeObject {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly subsets?: readonly Subset[];
  readonly spec?: {
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

interface Subset {
  readonly addresses?: readonly { readonly ip: string; readonly nodeName?: string }[];
  readonly notReadyAddresses?: readonly { readonly ip: string }[];
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
}

const api = '/api/v1/namespaces';
const lower = (path: Path): Path => Path.of(...path.segments.map((s) => s.toLowerCase()));

/** Linkerd's namer over fixed objects: enough to see how the walk and the APIs treat what it gives. */
export function fakeKubeNamer(
  prefix: Path,
  objects: Objects,
  at: { readonly namespace?: string; readonly label?: string },
): Namer {
  const given = at.namespace === undefined ? Path.empty : Path.of(at.namespace);
  const size = 3 - given.size + (at.label === undefined ? 0 : 1);
  return namer(prefix, size, (path) => {
    const [namespace = '', port = '', service = '', label] = given.concat(path).segments;
    const labels = objects[`${api}/${namespace}/endpoints/${service}`]?.metadata?.labels ?? {};
    if (label !== undefined && labels[at.label ?? ''] !== label) return undefined;
    return addressesOf(objects, { namespace, service, port });
  });
}

/** A port of a service, by name or by number. */
export interface Endpoints {
  readonly namespace: string;
  readonly service: string;
  readonly port: string;
}

function addressesOf(objects: Objects, { namespace, service, port }: Endpoints): readonly Address[] | undefined {
  const subsets = objects[`${api}/${namespace}/endpoints/${service}`]?.subsets ?? [];
  const target = /^\d+$/.test(port)
    ? targetPort(objects[`${api}/${namespace}/services/${service}`], Number(port))
    : port;
  const number = typeof target === 'number' ? target : namedPort(subsets, target);
  if (number === undefined || subsets.length === 0) return undefined;
  return subsets.flatMap((s) => s.addresses ?? []).map(({ ip, nodeName }) => address(ip, number, nodeName));
}

export function fakeExternalNamer(prefix: Path, objects: Objects): Namer {
  return namer(prefix, 3, (path) => {
    const [namespace = '', port = '', service = ''] = path.segments;
    const { spec, status } = objects[`${api}/${namespace}/services/${service}`] ?? {};
    const number = spec?.ports?.find((p) => p.name === port)?.port;
    const ingress = status?.loadBalancer?.ingress?.at(-1);
    if (number === undefined || ingress === undefined) return undefined;
    return [address(numericHost(ingress.ip ?? ingress.hostname ?? '') ?? '', number, undefined)];
  });
}

export function fakeDaemonset(
  tag: Path,
  objects: Objects,
  linkers: Endpoints,
  near: (a: Address, b: Address) => boolean,
): NamedTransformer {
  const all = addressesOf(objects, linkers) ?? [];
  return perBound(tag, 'DelegatingNameTreeTransformer$', (bound) => ({
    ...bound,
    id: tag.concat(bound.id),
    addr: bound.addr.map((addr) => {
      const found = addr.kind === 'neg' ? [] : addr.addresses.flatMap((a) => all.filter((linker) => near(a, linker)));
      return found.length === 0 ? negAddr : boundAddr(...new Set(found));
    }),
  }));
}

export const sameSubnet = (a: string, b: string): boolean =>
  a.split('.').slice(0, 3).join() === b.split('.').slice(0, 3).join();

function namer(prefix: Path, size: number, find: (path: Path) => readonly Address[] | undefined): Namer {
  const root = Path.of('#').concat(prefix);
  return {
    prefix,
    lookup(path): Activity<NameTree<Name>> {
      const own = lower(path.take(size));
      const addresses = own.size < size ? undefined : find(own);
      if (addresses === undefined) return Activity.value(neg);
      return Activity.value(
        leaf(boundName(root.concat(own), path.drop(size), Activity.value(boundAddr(...addresses)))),
      );
    },
  };
}

function targetPort(service: KubeObject | undefined, number: number): number | string | undefined {
  const port = service?.spec?.ports?.find((p) => p.port === number);
  return port === undefined ? undefined : (port.targetPort ?? port.port);
}

function namedPort(subsets: readonly Subset[], name: string | undefined): number | undefined {
  const ports = subsets
    .flatMap((s) => s.ports ?? [])
    .filter((p) => p.name !== undefined && (p.protocol ?? 'TCP') === 'TCP');
  return ports.findLast((p) => p.name === name)?.port;
}

const address = (host: string, port: number, nodeName: string | undefined): Address => ({
  host,
  port,
  weight: 1,
  meta: nodeName === undefined ? {} : { nodeName },
});
