import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { type Document, parseAllDocuments } from 'yaml';
import { inject } from '#webhook/inject.ts';
import type { Linkers, Mesh } from '#webhook/mesh.ts';
import { type AddOperation, pointer } from '#webhook/patch.ts';
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
 * is not needed; a pod's own label and annotations hold. Throws where the text is neither YAML nor JSON, or a template
 * no pod.
 */
export function injectManifests(source: string, options: InjectOptions): Injected {
  return /^\s*\{/.test(source) ? injectJson(source, options) : injectYaml(source, options);
}

function injectYaml(source: string, options: InjectOptions): Injected {
  const report: string[] = [];
  let changed = false;
  const documents = [...parseAllDocuments(source)] as Document[];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    for (const { path, operations, lines } of injectTemplates(document.toJS(), options)) {
      report.push(...lines);
      patchYaml(document, path, operations);
      changed ||= operations.length > 0;
    }
  }
  return { text: changed ? show(documents, source) : source, report };
}

function injectJson(source: string, options: InjectOptions): Injected {
  const document: unknown = JSON.parse(source);
  const injected = injectTemplates(document, options);
  const operations = injected.flatMap(({ path, operations: own }) =>
    own.map((operation) => ({ ...operation, path: `${pointer(path)}${operation.path}` })),
  );
  const report = injected.flatMap(({ lines }) => lines);
  if (operations.length === 0) return { text: source, report };
  const after = fastJsonPatch.applyPatch(document, operations as Operation[]).newDocument;
  return { text: `${JSON.stringify(after, undefined, 2)}\n`, report };
}

interface InjectedTemplate {
  readonly path: readonly (string | number)[];
  /** Relative to the template. */
  readonly operations: readonly AddOperation[];
  /** Of the report. */
  readonly lines: readonly string[];
}

function injectTemplates(document: unknown, { mesh, linkers, namespace }: InjectOptions): InjectedTemplate[] {
  return podTemplates(document).map(({ path, owner, namespace: own, template }) => {
    const optedIn = { name: own ?? namespace, labels: { 'heddle.io/inject': 'enabled' }, annotations: {} };
    const { why, mode, operations, notes } = inject({ pod: asPod(template, owner), namespace: optedIn, mesh, linkers });
    const done = reasons[why.code].level === 'done';
    const lines = [`${done ? `${why.code}, ${mode}` : say(why)}`, ...notes.map(say)].map((line) => `${owner}: ${line}`);
    return { path, operations: done ? operations : [], lines };
  });
}

/** As the source is laid out: lists as far to the right, braces as tight. */
function show(documents: readonly Document[], source: string): string {
  const indentSeq = !/^( *)[^\s#-][^\n]*:\n(?:\s*#[^\n]*\n)*\1- /m.test(source);
  const flowCollectionPadding = !/[{[][\w"']/.test(source);
  return documents.map((document) => document.toString({ lineWidth: 0, indentSeq, flowCollectionPadding })).join('');
}
