import { hexId } from './hex-id.ts';
import type { Span, SpanEnd } from './span.ts';

/** One request: who sent it, what it was named, and where it went. */
export interface RecentRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
  readonly server: string;
  readonly router: string;
  readonly service: string;
  readonly client: string;
  readonly destination: string;
}

/** Attempts kept until the spans of their requests come, at most. */
const ATTEMPTS = 1000;

/** The last requests of which all is known, put together of the span of the request and that of its last attempt. */
export class RecentRequests {
  readonly #capacity: number;
  readonly #attempts = new Map<string, Span>();
  readonly #requests: RecentRequest[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get newestFirst(): readonly RecentRequest[] {
    return this.#requests.toReversed();
  }

  /** An attempt's span comes before that of its request. */
  add(span: Span): void {
    const { id } = span;
    if (span.kind === 'CLIENT') {
      if (this.#attempts.size >= ATTEMPTS) this.#attempts.clear();
      this.#attempts.set(hexId(id.parentHi, id.parentLo), span);
      return;
    }
    const key = hexId(id.spanHi, id.spanLo);
    const attempt = this.#attempts.get(key);
    this.#attempts.delete(key);
    const { 'router.label': router, service } = span.tags;
    if (attempt?.remote === undefined || span.remote === undefined || router === undefined || service === undefined)
      return;
    this.#requests.push({
      at: span.startedUs / 1000,
      source: shown(span.remote),
      server: span.local === undefined ? span.service : shown(span.local),
      router,
      service,
      client: attempt.tags['client'] ?? '',
      destination: shown(attempt.remote),
    });
    if (this.#requests.length > this.#capacity) this.#requests.shift();
  }
}

function shown({ ip, port }: SpanEnd): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
