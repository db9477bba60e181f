/**
 * Exponential moving average over any stamps that do not sink, times or counts: what lies `window` behind has a weight
 * of 1/e.
 */
export class Ema {
  readonly #window: number;
  #value = 0;
  #stamp: number | undefined;

  constructor(window: number) {
    this.#window = window;
  }

  update(stamp: number, value: number): number {
    const weight = this.#stamp === undefined ? 0 : Math.exp(-Math.max(0, stamp - this.#stamp) / this.#window);
    this.#value = this.#value * weight + value * (1 - weight);
    this.#stamp = stamp;
    return this.#value;
  }

  reset(): void {
    this.#value = 0;
    this.#stamp = undefined;
  }
}
