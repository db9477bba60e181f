import type { Span } from '#core/telemetry/span.ts';
import { childTrace, rootTrace } from '#core/telemetry/trace.ts';

/** A span of a request, or with `CLIENT` of an attempt at it, with what a test says of it. */
export function aSpan(edit: Partial<Span> = {}): Span {
  const root = rootTrace(Math.random);
  return {
    id: edit.kind === 'CLIENT' ? childTrace(root, Math.random) : root,
    kind: 'SERVER',
    name: 'http /svc/web',
    service: '0.0.0.0/4140',
    startedUs: 1_700_000_000_000_000,
    durationUs: 1500,
    local: { ip: '10.0.0.1', port: 4140 },
    remote: { ip: '10.0.0.9', port: 4711 },
    tags: { 'router.label': 'http', service: '/svc/web' },
    annotations: [],
    ...edit,
  };
}
