import type { Span } from './span.ts';
import type { TraceId } from './trace.ts';

/** Takes the spans of requests, and says which it wants. Called on the request path: nothing here waits or throws. */
export interface Tracer {
  /** Decides about a trace that nobody has decided about; undefined leaves it open. */
  samples(id: TraceId): boolean | undefined;
  /** Whether a span is worth making. */
  wants(id: TraceId): boolean;
  /** Takes a span that is over. */
  record(span: Span): void;
}

/** All of them as one; undefined where there is none. A trace is sampled where one of them says so. */
export function allTracers(tracers: readonly Tracer[]): Tracer | undefined {
  if (tracers.length <= 1) return tracers[0];
  return {
    samples(id) {
      let decided: boolean | undefined;
      for (const tracer of tracers) {
        const one = tracer.samples(id);
        if (one !== undefined) decided = decided === true || one;
      }
      return decided;
    },
    wants: (id) => tracers.some((tracer) => tracer.wants(id)),
    record(span) {
      for (const tracer of tracers) if (tracer.wants(span.id)) tracer.record(span);
    },
  };
}
