import type { Activity } from '../reactive/activity.ts';
import type { Path } from './path.ts';

/** Where one replica listens, and what is known of it. */
export interface Address {
  /** A numeric IPv4 or IPv6 address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Share of the load among its cluster, 1 unless configured. */
  readonly weight: number;
  /** `nodeName`, `authority`, … and what transformers attach. */
  readonly meta: Readonly<Record<string, string>>;
}

/** The replicas of a bound name. `neg`: there is no such cluster. */
export type Addr = { readonly kind: 'neg' } | { readonly kind: 'bound'; readonly addresses: readonly Address[] };

/**
 * A name that has become concrete. `id` identifies the cluster (two bounds with one id share a client); `residual` is
 * what the namers left unconsumed.
 */
export interface Bound {
  readonly kind: 'bound';
  readonly id: Path;
  readonly residual: Path;
  readonly addr: Activity<Addr>;
}

export type Name = { readonly kind: 'path'; readonly path: Path } | Bound;
