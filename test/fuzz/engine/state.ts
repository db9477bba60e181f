const HEADER = 64;
const MOST = 1 << 16;

/** What the fuzzing worker shows of itself while it runs, in memory shared with the thread that watches over it. */
export class SharedState {
  readonly memory: SharedArrayBuffer;
  readonly #figures: Float64Array;
  readonly #input: Uint8Array;

  constructor(memory = new SharedArrayBuffer(HEADER + MOST)) {
    this.memory = memory;
    this.#figures = new Float64Array(memory, 0, HEADER / 8);
    this.#input = new Uint8Array(memory, HEADER);
  }

  /** An input is about to be run. */
  begin(input: Uint8Array): void {
    this.#input.set(input);
    this.#figures[1] = input.length;
    this.#figures[0] = this.runs + 1;
  }

  get runs(): number {
    return this.#figures[0] ?? 0;
  }

  /** The input that runs at the moment. */
  get input(): Buffer {
    return Buffer.from(this.#input.slice(0, this.#figures[1]));
  }

  set inputs(n: number) {
    this.#figures[2] = n;
  }
  get inputs(): number {
    return this.#figures[2] ?? 0;
  }

  set reached(n: number) {
    this.#figures[3] = n;
  }
  get reached(): number {
    return this.#figures[3] ?? 0;
  }

  set blocks(n: number) {
    this.#figures[4] = n;
  }
  get blocks(): number {
    return this.#figures[4] ?? 0;
  }

  /** Heap in use after a collection: when all seeds had run, and now. */
  set heap(bytes: number) {
    if (this.#figures[5] === 0) this.#figures[5] = bytes;
    this.#figures[6] = bytes;
  }
  get heapGrowth(): number {
    return (this.#figures[6] ?? 0) - (this.#figures[5] ?? 0);
  }
}
