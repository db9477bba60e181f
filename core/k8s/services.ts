import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import type { ServiceRef } from './backends.ts';
import { collection, object } from './resource.ts';
import type { KubeObject, Service } from './resources.ts';

/** One Service, from a watch of its namespace, or of the one object where the API may know nothing else. */
export function serviceOf(
  api: Api,
  { namespace, service }: Pick<ServiceRef, 'namespace' | 'service'>,
): Activity<Service | undefined> {
  const group = '/api/v1';
  return api.servesSlices.flatMap((modern) =>
    modern
      ? api.services
          .of(collection(group, namespace, 'services', readService))
          .map((all) => all.get(`${namespace}/${service}`))
      : api.services.of(object(group, namespace, 'services', service, readService)).map((one) => [...one.values()][0]),
  );
}

function readService(object: KubeObject): Service {
  const { metadata, spec, status }: Service = object;
  const labels = metadata?.labels;
  const ingress = status?.loadBalancer?.ingress ?? [];
  return {
    ...(labels !== undefined && { metadata: { labels } }),
    spec: { ports: spec?.ports ?? [] },
    ...(ingress.length > 0 && { status: { loadBalancer: { ingress } } }),
  };
}
