import type { Closable } from '../../core/closable.ts';
import type { Address } from '../../core/naming/name.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Exchange } from './exchange.ts';
import type { Service } from './service.ts';

/** Connections to one address. The third of the stages that may wait. */
export interface Transport extends Service, Closable {
  send(x: Exchange): void;
  /** No new exchange will come; closes idle connections now, the others when they are done. */
  close(): void;
}

/** What the connections of one client count, whatever endpoint they lead to. */
export interface ConnectionCounts {
  readonly connects: Counter;
  readonly closes: Counter;
  open: number;
  /** Of the open ones, those over TLS. */
  encrypted: number;
  /** Idle connections kept. */
  cached: number;
  received: number;
  sent: number;
}

/** Makes the transport to one address of a client. */
export type TransportFactory = (address: Address) => Transport;
