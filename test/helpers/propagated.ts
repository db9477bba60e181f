import { childTrace, type TraceId } from '#core/telemetry/trace.ts';
import { propagatorKinds } from '#sidecar/propagators/kinds.ts';
import type { RequestHead } from '#sidecar/router/request-head.ts';
import { call } from './exchanges.ts';

/** What a trace propagator makes of a request: the span it reads, the lines left, and the lines of an attempt. */
export interface Propagated {
  readonly incoming: TraceId | undefined;
  /** The span of the attempt: a child of what came in, or of a root. */
  readonly span: TraceId;
  readonly lines: string;
  readonly outgoing: string;
  /** Whether `l5d-ctx-trace` is written. */
  readonly ctxTrace: boolean;
}

/** Sends a request with these heads through the propagator of a kind. */
export function propagated(kind: string, edit: (head: RequestHead) => void = () => {}): Propagated {
  const propagator = propagatorKinds.make({ kind }, undefined);
  const { x } = call();
  edit(x.request);
  const incoming = propagator.incoming(x.request);
  const span = childTrace(incoming ?? propagator.root(Math.random), Math.random);
  const outgoing = propagator.outgoing(x, span);
  return { incoming, span, lines: x.request.lines, outgoing, ctxTrace: x.attemptTrace !== undefined };
}
