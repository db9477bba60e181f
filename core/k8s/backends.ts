import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import type { Snapshot } from './held.ts';
import { collection, object } from './resource.ts';
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSlice,
  Endpoints,
  KubeObject,
  Metadata,
  ObjectReference,
} from './resources.ts';
import { discoveryGroup } from './served.ts';
import { whileRefused } from './while-refused.ts';

/** A replica that is ready. */
export interface Backend {
  readonly ip: string;
  readonly nodeName: string | undefined;
  /** `namespace/name` of its pod, where it is one. */
  readonly pod: string | undefined;
}

/** Replicas that have the same ports. Ports go by the Service's names for them, '' where it has none; only TCP. */
export interface BackendGroup {
  readonly ports: ReadonlyMap<string, number>;
  readonly backends: readonly Backend[];
}

/** `label` is one that the Service must have, as `[key, value]`. */
export interface ServiceRef {
  readonly namespace: string;
  readonly service: string;
  readonly label?: readonly [key: string, value: string] | undefined;
}

/**
 * The replicas of a Service, from EndpointSlices; from Endpoints where slices are not served, or as long as we may not
 * read them. No groups: there is no such service, or nothing behind it, not even something not ready.
 */
export function backendsOf(api: Api, ref: ServiceRef): Activity<readonly BackendGroup[]> {
  return api.servesSlices.flatMap((served) => {
    const older = fromEndpoints(api, ref);
    return served ? whileRefused(fromSlices(api, ref), older) : older;
  });
}

/** One watch of the namespace serves all its services: the next one is known at once, and so is one that is not there. */
function fromSlices(api: Api, ref: ServiceRef): Activity<readonly BackendGroup[]> {
  const slices = collection(discoveryGroup, ref.namespace, 'endpointslices', readSlice);
  return api.slices.of(slices).map((all) => groupsOfSlices(slicesOf(all, ref)));
}

function slicesOf(all: Snapshot<EndpointSlice>, { service, label }: ServiceRef): readonly EndpointSlice[] {
  return (byService(all).get(service) ?? []).filter((slice) => hasLabel(slice, label));
}

/** A snapshot never changes, so this is worked out once for all services of the namespace. */
function byService(all: Snapshot<EndpointSlice>): ReadonlyMap<string, readonly EndpointSlice[]> {
  const known = sorted.get(all);
  if (known !== undefined) return known;
  const index = Map.groupBy(all.values(), (slice) => slice.metadata?.labels?.[serviceLabel] ?? '');
  sorted.set(all, index);
  return index;
}

const serviceLabel = 'kubernetes.io/service-name';
const sorted = new WeakMap<Snapshot<EndpointSlice>, ReadonlyMap<string, readonly EndpointSlice[]>>();

/** The one object of the service, as Linkerd has it. */
function fromEndpoints(api: Api, { namespace, service, label }: ServiceRef): Activity<readonly BackendGroup[]> {
  const endpoints = object('/api/v1', namespace, 'endpoints', service, readEndpoints);
  return api.endpoints.of(endpoints).map((found) => {
    const [one] = found.values();
    return one === undefined || !hasLabel(one, label) ? [] : groupOfEndpoints(one);
  });
}

/** Labels of a Service are repeated on its slices and Endpoints. */
function hasLabel({ metadata }: KubeObject, label: ServiceRef['label']): boolean {
  return label === undefined || metadata?.labels?.[label[0]] === label[1];
}

/**
 * A Service of two families has every replica in two slices; as in Endpoints one family is used, IPv4 if it is there.
 * A replica on its way from one slice to another may be in both.
 */
export function groupsOfSlices(slices: readonly EndpointSlice[]): readonly BackendGroup[] {
  const family = slices.some((slice) => slice.addressType === 'IPv4') ? 'IPv4' : 'IPv6';
  const seen = new Set<string>();
  return slices
    .filter((slice) => slice.addressType === family)
    .map((slice) => {
      const backends: Backend[] = [];
      for (const { addresses, conditions, nodeName, targetRef } of slice.endpoints ?? []) {
        const [ip] = addresses; // more than one has never meant anything
        if (ip === undefined || conditions?.ready === false || seen.has(ip)) continue;
        seen.add(ip);
        backends.push({ ip, nodeName, pod: podOf(targetRef, slice.metadata?.namespace) });
      }
      return { ports: tcpPorts(slice.ports), backends };
    });
}

/** All subsets as one group, as in Linkerd: replicas of one subset are given the ports of the others too. */
export function groupOfEndpoints(endpoints: Endpoints): readonly BackendGroup[] {
  const subsets = endpoints.subsets ?? [];
  if (subsets.length === 0) return [];
  const byIp = new Map<string, Backend>();
  for (const address of subsets.flatMap((s) => s.addresses ?? [])) {
    byIp.set(address.ip, backendAt(address, endpoints.metadata?.namespace));
  }
  return [{ ports: tcpPorts(subsets.flatMap((s) => s.ports ?? [])), backends: [...byIp.values()] }];
}

function backendAt({ ip, nodeName, targetRef }: EndpointAddress, namespace: string | undefined): Backend {
  return { ip, nodeName, pod: podOf(targetRef, namespace) };
}

function podOf(ref: ObjectReference | undefined, namespace: string | undefined): string | undefined {
  return ref?.kind === 'Pod' ? `${ref.namespace ?? namespace ?? ''}/${ref.name ?? ''}` : undefined;
}

function tcpPorts(ports: readonly EndpointPort[] | null | undefined): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  for (const { name, port, protocol } of ports ?? []) {
    if (typeof port === 'number' && (protocol ?? 'TCP').toUpperCase() === 'TCP') byName.set(name ?? '', port);
  }
  return byName;
}

function readSlice(object: KubeObject): EndpointSlice {
  const { metadata, addressType = 'IPv4', endpoints, ports }: EndpointSlice = object;
  return { metadata: only(metadata), addressType, endpoints: endpoints ?? [], ports: ports ?? [] };
}

function readEndpoints(object: KubeObject): Endpoints {
  const { metadata, subsets }: Endpoints = object;
  return { metadata: only(metadata), subsets: subsets ?? [] };
}

/** Metadata is the larger part of small objects, and managers write to it all the time. */
function only({ namespace, labels }: Metadata = {}): Metadata {
  return { ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) };
}
