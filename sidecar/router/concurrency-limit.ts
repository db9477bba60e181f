// Hot.
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Exchange } from './exchange.ts';
import type { Frame, Service } from './service.ts';

/** What Finagle says to those it refuses. */
const REFUSED = 'Request was not processed by the server due to an error and is safe to retry';

/** Lets so many exchanges through at a time, and refuses the others at once (Linkerd `maxConcurrentRequests`). */
export class ConcurrencyLimit implements Frame {
  readonly #most: number;
  readonly #nacks: Counter;
  #underWay = 0;

  constructor(most: number, nacks: Counter) {
    this.#most = most;
    this.#nacks = nacks;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** `next` within the limit; what is limited together shares one limit. */
  before(next: Service): Service {
    return {
      send: (x) => {
        if (this.#underWay >= this.#most) {
          this.#nacks.add();
          x.refuse('overload', REFUSED);
          return;
        }
        this.#underWay += 1;
        x.enter(this);
        next.send(x);
      },
    };
  }

  head(): boolean {
    return true;
  }

  end(_: Exchange): boolean {
    this.#underWay -= 1;
    return true;
  }
}
