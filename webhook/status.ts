import type { LinkedMode } from '#core/pod-marks.ts';

/** What the status annotation says of a pod that joined the mesh. */
export interface Joined {
  /** Of the injector that did it. */
  readonly version: string;
  readonly mode: LinkedMode;
  /** Hash of the linker configuration that the pod carries; sidecars only. */
  readonly config?: string;
  /** Containers that were given proxy variables. */
  readonly containers: readonly string[];
  /** Remarks, as `code detail`. */
  readonly notes?: readonly string[];
}

/** Of a pod that was left alone against what was asked. */
export interface LeftAlone {
  readonly version: string;
  readonly reason: string;
  readonly detail?: string;
}

export const showStatus = (status: Joined | LeftAlone): string => JSON.stringify(status);

/** The status of a pod that joined; undefined for anything else, such as what a person wrote there. */
export function readStatus(text: string | undefined): Joined | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const status = value as Partial<Joined>;
  const joined =
    (status.mode === 'sidecar' || status.mode === 'node') &&
    typeof status.version === 'string' &&
    Array.isArray(status.containers);
  return joined ? (status as Joined) : undefined;
}
