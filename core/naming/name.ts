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

/** Key of `Address.meta` that repeats the weight where one was configured, as Linkerd's APIs show it. */
export const addressWeightKey = 'endpoint_addr_weight';

/** The replicas of a bound name. `neg`: there is no such cluster. `meta` belongs to the set as a whole. */
export type Addr =
  | { readonly kind: 'neg' }
  | {
      readonly kind: 'bound';
      readonly addresses: readonly Address[];
      readonly meta?: Readonly<Record<string, string>>;
    };

export const negAddr: Addr = { kind: 'neg' };
export const boundAddr = (...addresses: readonly Address[]): Extract<Addr, { kind: 'bound' }> => ({
  kind: 'bound',
  addresses,
});
/** `10.0.0.1:80`, `[::1]:80`. */
export const showAddress = ({ host, port }: Pick<Address, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
export const address = (host: string, port: number): Address => ({ host, port, weight: 1, meta: {} });

/** An address whose weight was configured. */
export const weightedAddress = (host: string, port: number, weight: number): Address => ({
  host,
  port,
  weight,
  meta: { [addressWeightKey]: String(weight) },
});

/**
 * A name that has become concrete. `id` identifies the cluster (two bounds with one id share a client); `residual` is
 * what the namers left unconsumed.
 */
export interface Bound {
  readonly kind: 'bound';
  readonly id: Path;
  readonly residual: Path;
  readonly addr: Activity<Addr>;
  /** Its weight in the innermost union it was bound under, if any: shown by APIs as `namer_nametree_weight`. */
  readonly unionWeight?: number;
}

export type Name = { readonly kind: 'path'; readonly path: Path } | Bound;

export const pathName = (path: Path): Name => ({ kind: 'path', path });
export const boundName = (id: Path, residual: Path, addr: Activity<Addr>): Bound => ({
  kind: 'bound',
  id,
  residual,
  addr,
});
