/**
 * Every way a request can fail inside the mesh, and what the caller is told (Linkerd 1.x, as observed).
 *
 * `http`: status of the answer. `grpc`: status for gRPC callers. `unsent`: the request provably did not reach the
 * application, so that sending it again is safe whatever its method. `retryable`: a classifier that retries failures
 * retries this one. `metric`: the path under `failures/`, named as in Linkerd so that dashboards keep working.
 */
export const failures = {
  unidentified: {
    http: 400,
    grpc: 3,
    unsent: false,
    retryable: false,
    metric: 'io.buoyant.router.RoutingFactory$UnknownDst',
  },
  badDtab: { http: 400, grpc: 3, unsent: false, retryable: false, metric: 'IllegalArgumentException' },
  badName: { http: 502, grpc: 3, unsent: false, retryable: false, metric: 'java.lang.IllegalArgumentException' },
  loop: { http: 400, grpc: 3, unsent: false, retryable: false, metric: 'MaxCallDepthExceeded' },
  unbound: {
    http: 502,
    grpc: 14,
    unsent: false,
    retryable: false,
    metric: 'com.twitter.finagle.naming.buoyant.RichNoBrokersAvailableException',
  },
  bindFailed: { http: 502, grpc: 14, unsent: false, retryable: false, metric: 'java.lang.IllegalArgumentException' },
  bindTimeout: {
    http: 502,
    grpc: 14,
    unsent: false,
    retryable: false,
    metric: 'com.twitter.finagle.RequestTimeoutException',
  },
  connect: {
    http: 502,
    grpc: 14,
    unsent: true,
    retryable: false,
    metric: 'restartable/com.twitter.finagle.naming.buoyant.RichConnectionFailedExceptionWithPath',
  },
  /** The endpoint is being reconnected in the background (fail fast): nothing is sent to it. */
  markedDown: {
    http: 502,
    grpc: 14,
    unsent: true,
    retryable: true,
    metric: 'com.twitter.finagle.FailedFastException',
  },
  /** All connections of an endpoint are taken, and as many wait for one as may. */
  tooManyWaiters: {
    http: 502,
    grpc: 14,
    unsent: true,
    retryable: false,
    metric: 'com.twitter.finagle.TooManyWaitersException',
  },
  /** The server has as many requests in hand as it may. */
  overload: { http: 503, grpc: 14, unsent: true, retryable: false, metric: 'rejected/com.twitter.finagle.Failure' },
  nacked: { http: 502, grpc: 14, unsent: true, retryable: false, metric: 'rejected/com.twitter.finagle.Failure' },
  /** An h2 origin reset the stream with REFUSED_STREAM: the caller is told so, and may send it again (RFC 9113 §8.7). */
  refused: { http: 502, grpc: 14, unsent: true, retryable: false, metric: 'rejected/com.twitter.finagle.Failure' },
  write: { http: 502, grpc: 14, unsent: false, retryable: true, metric: 'com.twitter.finagle.ChannelWriteException' },
  /** A kept connection was closed by the peer just as it was used again: nothing of an answer had come. */
  stale: { http: 502, grpc: 14, unsent: false, retryable: true, metric: 'com.twitter.finagle.ChannelClosedException' },
  reset: { http: 502, grpc: 14, unsent: false, retryable: true, metric: 'com.twitter.finagle.ChannelClosedException' },
  badResponse: {
    http: 502,
    grpc: 14,
    unsent: false,
    retryable: false,
    metric: 'com.twitter.finagle.UnknownChannelException',
  },
  attemptTimeout: {
    http: 503,
    grpc: 4,
    unsent: false,
    retryable: true,
    metric: 'com.twitter.finagle.IndividualRequestTimeoutException',
  },
  totalTimeout: {
    http: 503,
    grpc: 4,
    unsent: false,
    retryable: false,
    metric: 'com.twitter.finagle.GlobalRequestTimeoutException',
  },
  /** Its client was closed while it waited for addresses: the name is bound to something else now. */
  evicted: {
    http: 502,
    grpc: 14,
    unsent: true,
    retryable: false,
    metric: 'com.twitter.finagle.service.ClosedService',
  },
  /** The time that a gRPC caller has given is over. */
  deadline: {
    http: 503,
    grpc: 4,
    unsent: false,
    retryable: false,
    metric: 'com.twitter.finagle.GlobalRequestTimeoutException',
  },
  abandoned: {
    http: 499,
    grpc: 1,
    unsent: false,
    retryable: false,
    metric: 'com.twitter.finagle.CancelledRequestException',
  },
} as const satisfies Record<string, Failure>;

interface Failure {
  readonly http: number;
  readonly grpc: number;
  readonly unsent: boolean;
  readonly retryable: boolean;
  readonly metric: string;
}

export type FailureKind = keyof typeof failures;

/** No connection to the endpoint was had: as Linkerd counts, no request was made of it. */
export function unacquired(kind: FailureKind | undefined): boolean {
  return kind === 'connect' || kind === 'markedDown' || kind === 'tooManyWaiters';
}

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
