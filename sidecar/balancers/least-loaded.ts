// Hot.
import type { Load } from '../router/endpoint.ts';

/** Load is the number of requests an endpoint has, until their answers are fully passed on. */
export class LeastLoaded implements Load {
  #pending = 0;

  begin(): void {
    this.#pending += 1;
  }

  end(): void {
    this.#pending -= 1;
  }

  cost(): number {
    return this.#pending;
  }
}
