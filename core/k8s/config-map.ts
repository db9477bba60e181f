import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import { object } from './resource.ts';
import type { ConfigMap, KubeObject } from './resources.ts';

/** One text of a ConfigMap; undefined while there is no such object, or it has no such key. */
export function configMapText(api: Api, namespace: string, name: string, key: string): Activity<string | undefined> {
  return api.configMaps
    .of(object('/api/v1', namespace, 'configmaps', name, readConfigMap))
    .map((found) => [...found.values()][0]?.data?.[key])
    .distinct(Object.is);
}

function readConfigMap(object: KubeObject): ConfigMap {
  const { data }: ConfigMap = object;
  return { data: data ?? {} };
}
