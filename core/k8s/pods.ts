import type { Linked } from '../naming/meta.ts';
import { marks } from '../pod-marks.ts';
import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import type { Snapshot } from './held.ts';
import { collection } from './resource.ts';
import type { KubeObject, Pod } from './resources.ts';

/** What the mesh needs to know of a pod. */
export interface MeshPod {
  readonly linked: Linked;
  readonly serviceAccount: string;
}

/** All pods of a namespace, by `namespace/name`. All, so that one not seen yet is told from one outside the mesh. */
export function podsOf(api: Api, namespace: string): Activity<Snapshot<MeshPod>> {
  return api.pods.of(collection('/api/v1', namespace, 'pods', readPod));
}

function readPod(object: KubeObject): MeshPod {
  const { metadata, spec }: Pod = object;
  const linked = metadata?.labels?.[marks.linked];
  return {
    linked: linked === 'sidecar' || linked === 'node' ? linked : 'none',
    serviceAccount: spec?.serviceAccountName ?? 'default',
  };
}
