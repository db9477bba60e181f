// Hot.
import type { Load } from '../router/endpoint.ts';

/** Cost of an endpoint that has requests but has never answered: it gets one probe and no more. */
const PENALTY = 1e12;

/**
 * Peak EWMA, as in Finagle: the round-trip time times the requests pending. The time is a moving average that jumps up
 * to every peak and sinks back with `decayMs`; it sinks while nothing happens, too.
 */
export class PeakEwma implements Load {
  readonly #decayMs: number;
  #pending = 0;
  #rtt = 0;
  #stamp = 0;

  constructor(decayMs: number) {
    this.#decayMs = decayMs;
  }

  begin(): void {
    this.#pending += 1;
  }

  end(now: number, tookMs: number): void {
    this.#pending -= 1;
    this.#observe(now, Math.max(0, tookMs));
  }

  cost(now: number): number {
    const rtt = this.#rtt * this.#fading(now);
    if (rtt === 0 && this.#pending > 0) return PENALTY + this.#pending;
    return rtt * (this.#pending + 1);
  }

  #observe(now: number, took: number): void {
    const weight = this.#fading(now);
    this.#rtt = took > this.#rtt ? took : this.#rtt * weight + took * (1 - weight);
    this.#stamp = Math.max(this.#stamp, now); // an exchange ends after others that were answered later
  }

  #fading(now: number): number {
    return Math.exp(-Math.max(0, now - this.#stamp) / this.#decayMs);
  }
}
