import { MeshError } from './errors.ts';
import type { RequestHead } from './request-head.ts';

/**
 * Names a request's destination. Synchronous.
 *
 * `identify` gives the shown form of the whole logical path (`/svc/users`), or undefined to leave the request to the
 * next identifier of the list. It may change the head (`io.l5d.path` with `consume`), even when it declines.
 * A request that can only be refused throws a MeshError.
 */
export interface Identifier {
  identify(head: RequestHead): string | undefined;
  /** Why this identifier declines, as the caller reads it: `Host header is absent`. */
  readonly reason: string;
  /** Begins to follow what it needs, once; resolves when it can name requests, or knows that it cannot. */
  start?(): Promise<void>;
  /** Ends what it follows. */
  close?(): void;
}

/** The name by the first of them that knows one. Throws a MeshError `unidentified`, its text the last one's reason. */
export function identifiedBy(identifiers: readonly Identifier[], head: RequestHead): string {
  let reason = '';
  for (const identifier of identifiers) {
    const path = identifier.identify(head);
    if (path !== undefined) return path;
    reason = identifier.reason;
  }
  throw new MeshError('unidentified', reason);
}
