import type { State } from '../reactive/activity.ts';
import { publicMeta } from './meta.ts';
import { type Addr, type Address, addressWeightKey, type Bound } from './name.ts';

/** Addresses as the APIs of Linkerd and namerd show them (delegator.json, `/api/1/addr`, …). */
export type AddrJson =
  | { readonly type: 'bound'; readonly addrs: readonly AddressJson[]; readonly meta: Meta }
  | { readonly type: 'neg' }
  | { readonly type: 'failed'; readonly cause: string }
  | { readonly type: 'pending' };

export interface AddressJson {
  readonly ip: string;
  readonly port: number;
  readonly meta: Meta;
}

export interface BoundJson {
  readonly addr: AddrJson;
  readonly id: string;
  readonly path: string;
}

type Meta = Readonly<Record<string, string | number>>;

/** `meta` is shown with that of the set as a whole. */
export function addrJson(state: State<Addr>, meta: Meta = {}): AddrJson {
  switch (state.kind) {
    case 'pending':
      return { type: 'pending' };
    case 'failed':
      return { type: 'failed', cause: state.error.message };
    case 'ok':
      return state.value.kind === 'neg'
        ? { type: 'neg' }
        : { type: 'bound', addrs: state.value.addresses.map(addressJson), meta: { ...state.value.meta, ...meta } };
  }
}

function addressJson({ host, port, weight, meta }: Address): AddressJson {
  const shown = publicMeta(meta);
  return { ip: host, port, meta: addressWeightKey in shown ? { ...shown, [addressWeightKey]: weight } : shown };
}

/** A bound name whose addresses are in the given state. */
export function boundJson(bound: Bound, addr: State<Addr>, meta: Meta = {}): BoundJson {
  return { addr: addrJson(addr, meta), id: bound.id.show, path: bound.residual.show };
}
