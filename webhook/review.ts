import type { LinkedMode } from '#core/pod-marks.ts';
import type { Namespace } from './decide.ts';
import { inject } from './inject.ts';
import type { Linkers, Mesh } from './mesh.ts';
import { asPod, NotAPod } from './pod.ts';
import { type Finding, finding, isLoud, say } from './reasons.ts';

/** What the injector knows when a review arrives. */
export interface Knowledge {
  readonly mesh: Mesh;
  readonly linkers: Linkers;
  /** Labels and annotations of a namespace; without any where it is not known. */
  readonly namespace: (name: string) => Namespace;
}

/** The answer as the API server reads it: no more fields than it needs. */
export interface AdmissionReview {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: AdmissionResponse;
}

export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: true;
  readonly patchType?: 'JSONPatch';
  /** Base64 of the JSON text of the patch. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** An answer and what the log and the metrics say of it. */
export interface Answer {
  readonly review: AdmissionReview;
  readonly why: Finding;
  readonly mode: LinkedMode | 'none';
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly patchBytes: number;
}

/** What came is no admission review that can be answered: the caller's fault. */
export class BadReview extends Error {
  override readonly name = 'BadReview';
}

/** Answers an AdmissionReview (admission.k8s.io/v1). Pure. Throws BadReview for anything else. */
export function answer(review: unknown, { mesh, linkers, namespace: lookUp }: Knowledge): Answer {
  const request = readRequest(review);
  const { uid, namespace, dryRun } = request;
  if (!isPodCreation(request)) {
    const why = finding('not-a-pod-creation');
    return { review: envelope({ uid, allowed: true }), why, mode: 'none', namespace, dryRun, patchBytes: 0 };
  }
  const { why, mode, operations, notes } = inject({ pod: podOf(request), namespace: lookUp(namespace), mesh, linkers });
  const patch = operations.length === 0 ? '' : JSON.stringify(operations);
  const warnings = [why, ...notes].filter(({ code }) => isLoud(code)).map(say);
  const response: AdmissionResponse = {
    uid,
    allowed: true,
    ...(patch === '' ? {} : { patchType: 'JSONPatch', patch: Buffer.from(patch).toString('base64') }),
    ...(warnings.length === 0 ? {} : { warnings }),
    auditAnnotations: { reason: why.code, mode },
  };
  return { review: envelope(response), why, mode, namespace, dryRun, patchBytes: patch.length };
}

/** The namespace a review speaks of, '' where it has none or is no review. */
export function namespaceOf(review: unknown): string {
  const request = (review as { readonly request?: { readonly namespace?: unknown } | null } | null | undefined)
    ?.request;
  return typeof request?.namespace === 'string' ? request.namespace : '';
}

const envelope = (response: AdmissionResponse): AdmissionReview => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response,
});

interface Request {
  readonly uid: string;
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly operation: unknown;
  readonly subResource: unknown;
  readonly kind: { readonly group?: unknown; readonly version?: unknown; readonly kind?: unknown };
  readonly object: unknown;
}

function readRequest(review: unknown): Request {
  const { apiVersion, kind, request } = members(review, 'the body');
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') {
    throw new BadReview(
      `expected an AdmissionReview of admission.k8s.io/v1, not ${JSON.stringify(kind)} of ${JSON.stringify(apiVersion)}`,
    );
  }
  const fields = members(request, 'request');
  const { uid, namespace } = fields;
  if (typeof uid !== 'string' || uid === '') throw new BadReview('request.uid is missing');
  return {
    uid,
    // Controllers leave the object's own namespace empty; the request's is always right.
    namespace: typeof namespace === 'string' ? namespace : '',
    dryRun: fields['dryRun'] === true,
    operation: fields['operation'],
    subResource: fields['subResource'],
    kind: members(fields['kind'], 'request.kind'),
    object: fields['object'],
  };
}

const isPodCreation = ({ operation, subResource, kind }: Request): boolean =>
  operation === 'CREATE' &&
  (subResource === undefined || subResource === '') &&
  kind.group === '' &&
  kind.version === 'v1' &&
  kind.kind === 'Pod';

function podOf({ object }: Request) {
  try {
    return asPod(object, 'request.object');
  } catch (error) {
    if (error instanceof NotAPod) throw new BadReview(error.message);
    throw error;
  }
}

function members(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadReview(`${what} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}
