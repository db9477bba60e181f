import type { TraceId } from './trace.ts';

/** A numeric address and a port; IPv6 without brackets. */
export interface SpanEnd {
  readonly ip: string;
  readonly port: number;
}

/** What one process did for one request, from its beginning to its end. Times are microseconds since 1970. */
export interface Span {
  readonly id: TraceId;
  readonly kind: 'SERVER' | 'CLIENT';
  readonly name: string;
  /** Who did it: of a server its address, of a client its id without the first slash. */
  readonly service: string;
  readonly startedUs: number;
  readonly durationUs: number;
  readonly local: SpanEnd | undefined;
  readonly remote: SpanEnd | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly annotations: readonly { readonly atUs: number; readonly text: string }[];
}
