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
}
