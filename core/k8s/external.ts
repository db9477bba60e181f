import { isDeepStrictEqual } from 'node:util';
import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import type { ServiceRef } from './backends.ts';
import type { Service } from './resources.ts';
import { serviceOf } from './services.ts';

/** Where something outside the cluster listens; the host is an address or a name. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Where the load balancer of a Service takes requests for one of its ports, given by name or number; undefined where
 * there is no such service or port, or no load balancer. Of several places the last, as in Linkerd.
 */
export function externalAt(api: Api, ref: ServiceRef, port: string): Activity<Place | undefined> {
  return serviceOf(api, ref)
    .map((service) => (service === undefined ? undefined : placeIn(service, ref, port)))
    .distinct(isDeepStrictEqual);
}

function placeIn({ metadata, spec, status }: Service, { label }: ServiceRef, port: string): Place | undefined {
  if (label !== undefined && metadata?.labels?.[label[0]] !== label[1]) return undefined;
  const found = spec?.ports?.find((each) => each.name === port || String(each.port) === port);
  const { ip, hostname } = status?.loadBalancer?.ingress?.at(-1) ?? {};
  const host = ip || hostname || '';
  return found === undefined || host === '' ? undefined : { host, port: found.port };
}
