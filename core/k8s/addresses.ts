import { metaKeys } from '../naming/meta.ts';
import type { Address } from '../naming/name.ts';
import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import { type Backend, type BackendGroup, backendsOf, type ServiceRef } from './backends.ts';
import type { Service, ServicePort } from './resources.ts';
import { serviceOf } from './services.ts';

/** Finds the number of a port in one group of replicas; undefined where they have no such port. */
type FindPort = (group: BackendGroup) => number | undefined;

/**
 * Where the ready replicas of a Service listen on a port, given by its name or by the number the Service has for it.
 * Undefined: there is no such service or port. None: it exists, with nothing ready.
 */
export function addressesOf(api: Api, ref: ServiceRef, port: string): Activity<readonly Address[] | undefined> {
  const backends = backendsOf(api, ref);
  const found = /^\d+$/.test(port)
    ? serviceOf(api, ref).flatMap((service) => backends.map((groups) => addresses(groups, byNumber(service, port))))
    : backends.map((groups) => addresses(groups, ({ ports }) => ports.get(port)));
  return found.distinct(sameAddresses);
}

/**
 * Replicas list a port under the Service's name for it. Where they do not (hand-made ones), the target port decides, as
 * in Linkerd.
 */
function byNumber(service: Service | undefined, number: string): FindPort {
  const port = service?.spec?.ports?.find((p) => String(p.port) === number);
  return port === undefined ? () => undefined : ({ ports }) => ports.get(port.name ?? '') ?? target(port, ports);
}

function target({ port, targetPort = port }: ServicePort, ports: BackendGroup['ports']): number | undefined {
  if (typeof targetPort === 'string') return ports.get(targetPort);
  return ports.size === 0 ? undefined : targetPort;
}

function addresses(groups: readonly BackendGroup[], find: FindPort): readonly Address[] | undefined {
  const all: Address[] = [];
  let exists = false;
  for (const group of groups) {
    const port = find(group);
    if (port === undefined) continue;
    exists = true;
    for (const backend of group.backends) all.push(addressAt(backend, port));
  }
  return exists ? all : undefined;
}

function addressAt({ ip, nodeName, pod }: Backend, port: number): Address {
  const meta = {
    ...(nodeName !== undefined && { [metaKeys.nodeName]: nodeName }),
    ...(pod !== undefined && { [metaKeys.pod]: pod }),
  };
  return { host: ip, port, weight: 1, meta };
}

function sameAddresses(a: readonly Address[] | undefined, b: readonly Address[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((address, i) => sameAddress(address, b[i]));
}

function sameAddress(a: Address, b: Address | undefined): boolean {
  if (b === undefined || a.host !== b.host || a.port !== b.port) return false;
  return Object.values(metaKeys).every((key) => a.meta[key] === b.meta[key]);
}
