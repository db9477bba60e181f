import { type LinkedMode, marks } from '#core/pod-marks.ts';
import { annotations, decide, joinedMode, labels, type Scene } from './decide.ts';
import { applyOverrides } from './overrides.ts';
import { linkerContainer } from './parts/linker-container.ts';
import { podMarks, statusMark } from './parts/pod-marks.ts';
import { proxyEnv } from './parts/proxy-env.ts';
import { linkerVolumes } from './parts/volumes.ts';
import type { AddOperation } from './patch.ts';
import { type Finding, finding, reasons } from './reasons.ts';
import { type Joined, readStatus, showStatus } from './status.ts';

/** What becomes of a pod. The operations apply to it in order; notes are remarks to its owner. */
export interface Injection {
  readonly why: Finding;
  readonly mode: LinkedMode | 'none';
  readonly operations: readonly AddOperation[];
  readonly notes: readonly Finding[];
}

/**
 * Pod in, changes out. Pure; never touches its argument.
 *
 * Every part adds only what is missing, so a second pass over the result changes nothing, and a pass after another
 * webhook added a container serves that container too.
 */
export function inject(asked: Scene): Injection {
  const { mesh, skipContainers, notes } = applyOverrides(
    asked.mesh,
    asked.namespace.annotations,
    annotations(asked.pod),
  );
  const scene = { ...asked, mesh };
  const decision = decide(scene);
  const misplaced = misplacedKeys(scene);
  if (decision.kind === 'skip') return leaveAlone(scene, decision.why, misplaced);

  const { mode } = decision;
  const env = proxyEnv(scene, mode, skipContainers);
  const remarks = [...misplaced, ...notes, ...env.notes];
  // Parts that name containers by index come before those that move them.
  const parts = [
    ...env.operations,
    ...(mode === 'sidecar' ? [...linkerContainer(scene), ...linkerVolumes(scene)] : []),
  ];
  const joined = joinedMode(scene.pod) !== undefined;
  const first: Joined = {
    version: mesh.version,
    mode,
    ...(mode === 'sidecar' ? { config: scene.linkers.sidecar.hash } : {}),
    containers: [],
  };
  const status = showStatus({
    ...((joined ? readStatus(annotations(scene.pod)[marks.status]) : undefined) ?? first),
    containers: env.containers,
    ...(remarks.length === 0
      ? {}
      : { notes: remarks.map(({ code, detail }) => (detail === '' ? code : `${code} ${detail}`)) }),
  });
  const operations = [...parts, ...podMarks(scene, mode, status, joined)];
  return { why: finding(operations.length === 0 ? 'already-injected' : 'injected'), mode, operations, notes: remarks };
}

function leaveAlone({ pod, mesh }: Scene, why: Finding, notes: readonly Finding[]): Injection {
  const loud = reasons[why.code].level === 'loud';
  const status = { version: mesh.version, reason: why.code, ...(why.detail === '' ? {} : { detail: why.detail }) };
  return { why, mode: 'none', operations: loud ? statusMark(pod, showStatus(status)) : [], notes: loud ? notes : [] };
}

/** A label written as an annotation, or the other way round, is a frequent slip. */
function misplacedKeys({ pod }: Scene): Finding[] {
  return [
    ...(annotations(pod)[marks.inject] === undefined ? [] : [finding('inject-annotation')]),
    ...(labels(pod)[marks.mode] === undefined ? [] : [finding('mode-label')]),
  ];
}
