import { type LinkedMode, marks } from '#core/pod-marks.ts';
import type { Scene } from '../decide.ts';
import { linkerConfigFor } from '../linker-config.ts';
import { type AddOperation, add, setMembers } from '../patch.ts';
import type { Pod, Strings } from '../pod.ts';

/** The label by which linkers know the pod, its status, and beside a new sidecar the sidecar's configuration. */
export function podMarks(
  { pod, namespace, linkers }: Scene,
  mode: LinkedMode,
  status: string,
  joined: boolean,
): AddOperation[] {
  const config =
    mode === 'sidecar' && !joined ? { [marks.linkerConfig]: linkerConfigFor(linkers.sidecar, namespace.name) } : {};
  return metadata(pod, { [marks.linked]: mode }, { [marks.status]: status, ...config });
}

/** The status of a pod that is left alone. */
export const statusMark = (pod: Pod, status: string): AddOperation[] => metadata(pod, {}, { [marks.status]: status });

function metadata(pod: Pod, labels: Strings, annotations: Strings): AddOperation[] {
  if (pod.metadata === undefined || pod.metadata === null) {
    return [add(['metadata'], { ...(Object.keys(labels).length === 0 ? {} : { labels }), annotations })];
  }
  return [
    ...setMembers(['metadata', 'labels'], pod.metadata.labels, labels),
    ...setMembers(['metadata', 'annotations'], pod.metadata.annotations, annotations),
  ];
}
