/**
 * How much nuisance a peer may be. Cheap frames that make work and bring no request forward are taken from a bucket
 * that refills with time and with work done for the peer; one that empties it is told ENHANCE_YOUR_CALM and closed. So
 * a busy peer, whose cancellations and late window updates grow with its requests, is never taken for an attacker.
 *
 * Covers rapid reset (CVE-2023-44487), resets that a peer provokes us to send (CVE-2025-8671), floods of SETTINGS, PING,
 * PRIORITY, empty DATA and CONTINUATION, and window updates by the byte (CVE-2019-9511 to 9518).
 */
export class FloodGuard {
  #level: number;
  #at: number;
  readonly #burst: number;
  readonly #perMs: number;

  /** `burst` units at once, `perSecond` on the long run. */
  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#level = burst;
    this.#at = now;
  }

  /** Takes `units`; false where that is too much. */
  allows(units: number, now: number): boolean {
    this.#level = Math.min(this.#burst, this.#level + (now - this.#at) * this.#perMs) - units;
    this.#at = now;
    return this.#level >= 0;
  }

  /** The peer has had `units` of work done in earnest. */
  earn(units: number): void {
    this.#level = Math.min(this.#burst, this.#level + units);
  }
}
