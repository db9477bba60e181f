import type { TraceId } from '../../core/telemetry/trace.ts';
import type { Exchange } from '../router/exchange.ts';
import type { RequestHead } from '../router/request-head.ts';

/** How the trace of a request goes from hop to hop: which headers are read, and which are written. */
export interface TracePropagator {
  /** Whether `l5d-sample` decides about sampling. */
  readonly heedsSample: boolean;
  /** The span that the request's headers name; undefined where they name none. Takes out what `outgoing` writes anew. */
  incoming(head: RequestHead): TraceId | undefined;
  /** The span of a request whose headers name none. */
  root(random: () => number): TraceId;
  /** The header lines of an attempt, whose span is `span`. */
  outgoing(x: Exchange, span: TraceId): string;
}
