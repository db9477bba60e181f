import { type Document, parseAllDocuments } from 'yaml';
import { inject } from '#webhook/inject.ts';
import type { Linkers, Mesh } from '#webhook/mesh.ts';
import { asPod } from '#webhook/pod.ts';
import { reasons, say } from '#webhook/reasons.ts';
import { podTemplates } from './pod-templates.ts';
import { patchYaml } from './yaml-patch.ts';

export interface InjectOptions {
  readonly mesh: Mesh;
  readonly linkers: Linkers;
  /** Of objects that name none. */
  readonly namespace: string;
}

export interface Injected {
  /** The manifests again, comments kept; the same text where nothing was to be done. */
  readonly text: string;
  /** A line for each pod template. */
  readonly report: readonly string[];
}

/**
 * Does to the pod templates of manifests what the injector does to pods. Who asks for it opts in, so a namespace's label
 * is not needed; a pod's own label and annotations hold. Throws with the place where the text is no YAML or a template no pod.
 */
export function injectManifests(source: string, { mesh, linkers, namespace }: InjectOptions): Injected {
  const report: string[] = [];
  let changed = false;
  const documents = parseAllDocuments(source);
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    for (const { path, owner, namespace: own } of podTemplates(document.toJS())) {
      const pod = asPod((document.getIn(path, true) as { toJS(d: unknown): unknown }).toJS(document), owner);
      const name = own ?? namespace;
      const labels = { 'heddle.io/inject': 'enabled' };
      const { why, mode, operations, notes } = inject({
        pod,
        namespace: { name, labels, annotations: {} },
        mesh,
        linkers,
      });
      const done = reasons[why.code].level === 'done';
      report.push(
        `${owner}: ${done ? `${why.code}, ${mode}` : say(why)}`,
        ...notes.map((note) => `${owner}: ${say(note)}`),
      );
      if (!done || operations.length === 0) continue;
      patchYaml(document as Document, path, operations);
      changed = true;
    }
  }
  return { text: changed ? show(documents as Document[], source) : source, report };
}

/** Lists stand as far to the right as they stood in the source. */
function show(documents: readonly Document[], source: string): string {
  const indentSeq = !/^( *)[^\s#-][^\n]*:\n(?:\s*#[^\n]*\n)*\1- /m.test(source);
  return documents.map((document) => document.toString({ lineWidth: 0, indentSeq })).join('');
}
