// Hot.
import { childTrace, decide, inSample, readSampleRate, readTrace, rootTrace } from '../../core/telemetry/trace.ts';
import type { Filter } from '../router/service.ts';

/**
 * The server span: a child of what `l5d-ctx-trace` says, or a new root. `l5d-sample` decides whether the trace is
 * sampled, the same way for every request of a trace (Linkerd §4).
 */
export function serverTrace(random: () => number): Filter {
  const salt = (random() * 0x1_0000_0000) | 0;
  return {
    role: 'trace',
    request(x) {
      const { ctxTrace, sample } = x.request;
      const incoming = ctxTrace === '' ? undefined : readTrace(ctxTrace);
      const span = incoming === undefined ? rootTrace(random) : childTrace(incoming, random);
      const rate = sample === '' ? undefined : readSampleRate(sample);
      x.trace = rate === undefined ? span : decide(span, inSample(span, rate, salt));
    },
  };
}

/** The client span: a new child of the server span for each attempt that Retries makes. */
export function clientTrace(random: () => number): Filter {
  return {
    role: 'trace',
    request(x) {
      if (x.trace !== undefined) x.attemptTrace = childTrace(x.trace, random);
    },
  };
}
