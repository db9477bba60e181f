// Hot.
import { findLine } from '../router/request-head.ts';
import type { Classifier, Outcome } from '../router/service.ts';

/** gRPC status 14, UNAVAILABLE: the one that says "try again". */
const UNAVAILABLE = 14;

export interface GrpcCodes {
  /** Statuses that are no failure. */
  readonly successful: readonly number[];
  /** Which failures may be sent again. */
  readonly retryable: (code: number) => boolean;
}

/**
 * Judges by `grpc-status`, in the head of an answer without messages or in the trailers; before it is known, an answer
 * is taken for a success. HTTP statuses from 400 on are failures (Linkerd §6.4).
 */
export function grpcClassifier({ successful, retryable }: GrpcCodes): Classifier {
  return (x): Outcome => {
    if (x.error !== undefined) return 'failure';
    if (x.status >= 400) return 'failure';
    const text = findLine(x.trailers, 'grpc-status') ?? x.response?.get('grpc-status');
    if (text === undefined || !/^\d{1,3}$/.test(text)) return 'success';
    const code = Number(text);
    if (successful.includes(code)) return 'success';
    return retryable(code) && x.replayable ? 'retryable' : 'failure';
  };
}

export const grpcRetryable = {
  default: (code: number): boolean => code === UNAVAILABLE,
  always: (): boolean => true,
  never: (): boolean => false,
  these:
    (codes: readonly number[]) =>
    (code: number): boolean =>
      codes.includes(code),
} as const;
