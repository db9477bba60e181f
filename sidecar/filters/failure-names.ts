import { failures, type MeshError } from '../router/errors.ts';

// The names of failures in the metrics below `failures/`, those of Linkerd's exceptions (§8.1), so that dashboards keep
// working.

/** Finagle's name for "answered, but the classifier calls it a failure". */
export const CLASSIFIED = 'com.twitter.finagle.service.ResponseClassificationSyntheticException';

export type FailureName = (error: MeshError) => string;

/** What the failures of one scope are called. */
export interface FailureNames {
  readonly server: FailureName;
  readonly service: FailureName;
  readonly client: FailureName;
}

const plain: FailureName = ({ kind }) => failures[kind].metric;

/** As a client sees it, a time-out of the whole request is just one of waiting. */
const ofClient =
  (other: FailureName): FailureName =>
  (error) =>
    error.kind === 'totalTimeout' ? 'com.twitter.util.TimeoutException' : other(error);

/** A server for HTTP/1 answers whatever happens, and sees an answer; unless there is nobody to answer, or nothing to see. */
const ofHttpServer: FailureName = (error) =>
  error.kind === 'abandoned' || error.kind === 'overload' ? plain(error) : CLASSIFIED;

/** Linkerd's names of the codes that a stream is reset with (RFC 9113 §7). */
const RESETS: Readonly<Record<number, string>> = {
  0: 'NoError',
  1: 'ProtocolError',
  2: 'InternalError',
  5: 'Closed',
  7: 'Refused',
  8: 'Cancel',
  11: 'EnhanceYourCalm',
};

/** Streams of HTTP/2 are reset where HTTP/1 loses a connection. */
const ofStreams: FailureName = (error) => {
  const { kind, cause } = error;
  if (kind === 'refused') return `com.twitter.finagle.buoyant.h2.Reset$Refused$`;
  if (kind !== 'abandoned' && kind !== 'reset' && kind !== 'stale') return plain(error);
  const name = kind !== 'abandoned' && typeof cause === 'number' ? (RESETS[cause] ?? 'InternalError') : 'Cancel';
  return `com.twitter.finagle.buoyant.h2.Reset$${name}$`;
};

export const failureNames: Readonly<Record<'http' | 'h2' | 'tcp', FailureNames>> = {
  http: { server: ofHttpServer, service: plain, client: ofClient(plain) },
  h2: { server: ofStreams, service: ofStreams, client: ofClient(ofStreams) },
  tcp: { server: plain, service: plain, client: ofClient(plain) },
};
