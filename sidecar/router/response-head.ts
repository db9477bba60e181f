import { findLine } from './request-head.ts';

/** The head of an HTTP response between its two wires; see RequestHead for what `lines` holds. */
export class ResponseHead {
  status = 0;
  /** Reason phrase as it came. */
  reason = '';
  minor: 0 | 1 = 1;
  lines = '';
  via = '';
  /** Content-Length, -1 for a chunked body, -2 where neither is given. */
  length = -2;
  /** Nothing follows: no body and no trailers (an HTTP/2 head with END_STREAM). */
  ends = false;
  /** `l5d-retryable: true`: a linker further on says that the request did not reach the application. */
  retryable = false;
  /** `l5d-success-class` as it came, or '' where absent; not in `lines`. */
  successClass = '';
  /** Finagle's "not processed": safe to send again. */
  nack = false;

  get(name: string): string | undefined {
    return findLine(this.lines, name);
  }
}
