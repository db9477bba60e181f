import type { Closable } from '../../core/closable.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';

/** A listening server of any protocol. */
export interface Listener extends Closable {
  readonly port: number;
  /**
   * Stops accepting, lets what is in flight end, and tells callers that the connection ends with it. Resolves when the
   * last connection is closed.
   */
  drain(): Promise<void>;
}

/** What the connections of one server count. */
export interface ServerCounts {
  readonly connects: Counter;
  readonly closes: Counter;
  open: number;
  received: number;
  sent: number;
}
