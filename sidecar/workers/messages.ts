import type { State } from '#core/reactive/activity.ts';
import type { LogLevel } from '#core/telemetry/log.ts';
import type { MetricsSnapshot } from '#core/telemetry/snapshot.ts';
import type { ClientState } from '../router/clients.ts';

/** What a worker is started with. */
export interface WorkerTask {
  /** The configuration as the main thread has read it: the file may have changed since. */
  readonly text: string;
  readonly file: string;
  /** The ports of every router's servers. */
  readonly ports: readonly (readonly number[])[];
  readonly level: LogLevel;
}

/** What a worker has counted and knows at one moment. */
export interface WorkerState {
  readonly metrics: MetricsSnapshot;
  readonly clients: readonly (readonly ClientState[])[];
  /** What each namer follows, by the name that was asked for. */
  readonly namers: readonly (readonly ClientState[])[];
  /** The text of the table that each router's interpreter reads from elsewhere; undefined where it reads none. */
  readonly tables: readonly (State<string> | undefined)[];
}

export type ToWorker =
  | { readonly kind: 'ask'; readonly id: number }
  | { readonly kind: 'level'; readonly level: string }
  | { readonly kind: 'drain'; readonly graceMs: number };

export type FromWorker =
  | { readonly kind: 'listening' }
  /** It could not start, or has met an error nobody expected: it ends. */
  | { readonly kind: 'failed'; readonly why: string; readonly state?: WorkerState }
  | { readonly kind: 'state'; readonly id: number; readonly state: WorkerState }
  | { readonly kind: 'drained'; readonly clean: boolean; readonly state: WorkerState };
