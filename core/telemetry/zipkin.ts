import { isIPv6 } from 'node:net';
import { hexId } from './hex-id.ts';
import type { Span, SpanEnd } from './span.ts';

/** A span in Zipkin's JSON, version 2 of its API. */
export function zipkinSpan(span: Span): object {
  const { id, kind, name, service, startedUs, durationUs, local, remote, tags, annotations } = span;
  const low = hexId(id.traceHi, id.traceLo);
  const own = hexId(id.spanHi, id.spanLo);
  const parent = hexId(id.parentHi, id.parentLo);
  return {
    traceId: id.high === undefined ? low : hexId(id.high.hi, id.high.lo) + low,
    id: own,
    // A root is its own parent (Finagle's TraceId).
    ...(parent !== own && { parentId: parent }),
    kind,
    name,
    timestamp: startedUs,
    duration: Math.max(1, durationUs),
    ...(id.debug && { debug: true }),
    localEndpoint: { serviceName: service, ...endpoint(local) },
    ...(remote && { remoteEndpoint: endpoint(remote) }),
    ...(annotations.length > 0 && {
      annotations: annotations.map(({ atUs, text }) => ({ timestamp: atUs, value: text })),
    }),
    tags,
  };
}

function endpoint(end: SpanEnd | undefined): object {
  if (end === undefined) return {};
  return { [isIPv6(end.ip) ? 'ipv6' : 'ipv4']: end.ip, port: end.port };
}
