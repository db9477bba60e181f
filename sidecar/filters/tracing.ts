// Hot.
import { childTrace, decide, inSample, readSampleRate, type TraceId } from '../../core/telemetry/trace.ts';
import type { Tracer } from '../../core/telemetry/tracer.ts';
import type { TracePropagator } from '../propagators/propagator.ts';
import type { Filter } from '../router/service.ts';

/**
 * The server span: a child of what the headers say, or a new root. `l5d-sample` decides whether the trace is sampled,
 * the same way for every request of a trace (Linkerd §4); what nobody has decided, the tracer does. `ends`: the caller's
 * trace ends here (`clearContext`), and what is sent on begins one.
 */
export function serverTrace(
  propagator: TracePropagator,
  random: () => number,
  tracer: Tracer | undefined,
  ends = false,
): Filter {
  const salt = (random() * 0x1_0000_0000) | 0;
  return {
    role: 'trace',
    request(x) {
      x.tracesAnew = ends;
      const incoming = propagator.incoming(x.request);
      const span = incoming === undefined ? propagator.root(random) : childTrace(incoming, random);
      const { sample } = x.request;
      const rate = sample === '' || !propagator.heedsSample ? undefined : readSampleRate(sample);
      if (rate !== undefined) x.trace = decide(span, inSample(span, rate, salt));
      else x.trace = tracer === undefined || span.decided ? span : decided(span, tracer);
    },
  };
}

function decided(span: TraceId, tracer: Tracer): TraceId {
  const sampled = tracer.samples(span);
  return sampled === undefined ? span : decide(span, sampled);
}

/**
 * The client span: a new child of the server span for each attempt that Retries makes. Where the caller's trace ends here
 * the first attempt has the server span itself, the root of a trace, as in Linkerd 1.7.5.
 */
export function clientTrace(random: () => number): Filter {
  return {
    role: 'trace',
    request(x) {
      if (x.trace === undefined) return;
      x.span = x.tracesAnew && x.retries === 0 ? x.trace : childTrace(x.trace, random);
    },
  };
}
