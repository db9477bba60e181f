/**
 * Every way a request can fail inside the mesh, and what the caller is told (linkerd 1.x, as observed):
 * the HTTP status, the gRPC status, and whether the request provably did not reach the application.
 */
export const failures = {
  unidentified: { http: 400, grpc: 3, unsent: false },
  badDtab: { http: 400, grpc: 3, unsent: false },
  badName: { http: 502, grpc: 3, unsent: false },
  loop: { http: 400, grpc: 3, unsent: false },
  unbound: { http: 502, grpc: 14, unsent: false },
  bindFailed: { http: 502, grpc: 14, unsent: false },
  bindTimeout: { http: 502, grpc: 14, unsent: false },
  noEndpoints: { http: 502, grpc: 14, unsent: false },
  connect: { http: 502, grpc: 14, unsent: true },
  overloaded: { http: 503, grpc: 14, unsent: true },
  write: { http: 502, grpc: 14, unsent: false },
  reset: { http: 502, grpc: 14, unsent: false },
  badResponse: { http: 502, grpc: 14, unsent: false },
  attemptTimeout: { http: 503, grpc: 4, unsent: false },
  totalTimeout: { http: 503, grpc: 4, unsent: false },
  abandoned: { http: 499, grpc: 1, unsent: false },
} as const;

export type FailureKind = keyof typeof failures;

/** An expected failure: carries what the caller is told and takes no stack trace. */
export class MeshError extends Error {
  override readonly name = 'MeshError';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = limit;
    this.kind = kind;
  }
}
