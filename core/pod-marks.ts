/** The labels and annotations through which people and Heddle's processes speak to each other on pods and namespaces. */
export const marks = {
  /** Label of namespaces and pods: `enabled`, `disabled`. */
  inject: 'heddle.io/inject',
  /** Annotation of pods and namespaces: `sidecar`, `node`, `none`. */
  mode: 'heddle.io/mode',
  /** Annotation we write: JSON, what was added and by which version, or why nothing was. */
  status: 'heddle.io/status',
  /** Label we write: how linkers reach this pod, `sidecar` or `node`. */
  linked: 'heddle.io/linked',
  /** Annotation we write: the configuration of the pod's own linker, which its volume shows as a file. */
  linkerConfig: 'heddle.io/linker-config',
  /** Annotations of pods and namespaces that change a detail for one pod. */
  overridePrefix: 'config.heddle.io/',
} as const;

/** How a pod takes part in the mesh. */
export type LinkedMode = 'sidecar' | 'node';
