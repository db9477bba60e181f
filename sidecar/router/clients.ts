import type { Closable } from '../../core/closable.ts';
import type { Addr, Bound } from '../../core/naming/name.ts';
import type { Activity, State } from '../../core/reactive/activity.ts';
import { sample } from '../../core/reactive/sample.ts';
import type { LendingCache, Lent } from './lending-cache.ts';
import type { Service } from './service.ts';

/** One cluster's client: its balancer and the stages before it. */
export interface Client extends Closable {
  readonly service: Service;
  /** Reading of the clock when an exchange came last, or it was made. */
  readonly usedAt: number;
}

/** A client, by its shown id, and what is known of its replicas. */
export interface ClientState {
  readonly id: string;
  readonly addr: State<Addr>;
}

/** A client as the cache keeps it. */
export interface KeptClient extends Client {
  readonly addr: Activity<Addr>;
}

/** Clients lent by cluster id. */
export class Clients implements Closable {
  readonly #make: (bound: Bound) => Client;
  readonly #cache: LendingCache<KeptClient>;

  constructor(make: (bound: Bound) => Client, cache: LendingCache<KeptClient>) {
    this.#make = make;
    this.#cache = cache;
  }

  borrow(bound: Bound): Lent<Client> {
    return this.#cache.lend(bound.id.show, () => kept(this.#make(bound), bound.addr));
  }

  /** The clients there are. */
  get states(): readonly ClientState[] {
    return [...this.#cache.values()].map(([id, { addr }]) => ({ id, addr: sample(addr.states) }));
  }

  close(): void {
    this.#cache.close();
  }
}

function kept(client: Client, addr: Activity<Addr>): KeptClient {
  return {
    addr,
    service: client.service,
    get usedAt() {
      return client.usedAt;
    },
    close: () => client.close(),
  };
}
