import type { Closable } from '../../core/closable.ts';
import type { Addr, Bound } from '../../core/naming/name.ts';
import type { Activity, State } from '../../core/reactive/activity.ts';
import { sample } from '../../core/reactive/sample.ts';
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Loan } from './choice.ts';
import type { Service } from './service.ts';

/** One cluster's client: its balancer and the stages before it. */
export interface Client extends Closable {
  readonly service: Service;
}

/** A client, by its shown id, and what is known of its replicas. */
export interface ClientState {
  readonly id: string;
  readonly addr: State<Addr>;
}

interface Lent {
  readonly addr: Activity<Addr>;
  readonly client: Client;
  loans: number;
}

/** Clients lent by cluster id; a client is closed when its last borrower returns it. */
export class Clients {
  readonly #make: (bound: Bound) => Client;
  readonly #misses: Counter;
  readonly #lent = new Map<string, Lent>();

  constructor(make: (bound: Bound) => Client, misses: Counter) {
    this.#make = make;
    this.#misses = misses;
  }

  borrow(bound: Bound): Loan {
    const id = bound.id.show;
    let entry = this.#lent.get(id);
    if (entry === undefined) {
      this.#misses.add();
      entry = { addr: bound.addr, client: this.#make(bound), loans: 0 };
      this.#lent.set(id, entry);
    }
    entry.loans += 1;
    return this.#loan(id, entry);
  }

  /** The clients there are. */
  get states(): readonly ClientState[] {
    return [...this.#lent].map(([id, { addr }]) => ({ id, addr: sample(addr.states) }));
  }

  #loan(id: string, entry: Lent): Loan {
    let open = true;
    return {
      service: entry.client.service,
      close: () => {
        if (!open) return;
        open = false;
        entry.loans -= 1;
        if (entry.loans > 0) return;
        this.#lent.delete(id);
        entry.client.close();
      },
    };
  }
}
