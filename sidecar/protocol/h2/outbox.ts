// Hot.
import '../buffer.ts';
import type { Wire } from '../wire.ts';

const SIZE = 65536;

/** Buffers that no session uses at the moment. */
const spare: Buffer[] = [];
const SPARE = 32;

const take = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(SIZE);

/**
 * What a session has to say in one turn of the event loop, gathered so that many streams share one write: over TLS one
 * record and one system call in place of one for each.
 */
export class Outbox {
  readonly #wire: () => Wire;
  /** Undefined while there is nothing to say: thousands of connections that are silent cost nothing. */
  #bytes: Buffer | undefined = undefined;
  #length = 0;
  #scheduled = false;
  readonly #flush = (): void => this.flush();

  constructor(wire: () => Wire) {
    this.#wire = wire;
  }

  get length(): number {
    return this.#length;
  }

  /** A byte string. */
  text(bytes: string): void {
    if (bytes.length > SIZE - this.#length) {
      this.flush();
      if (bytes.length > SIZE) {
        this.#wire().text(bytes);
        return;
      }
    }
    this.#bytes ??= take();
    this.#length += this.#bytes.latin1Write(bytes, this.#length);
    this.#schedule();
  }

  /** Bytes that are the caller's again at once. */
  write(bytes: Buffer, from: number, to: number): void {
    const n = to - from;
    if (n > SIZE - this.#length) {
      this.flush();
      if (n > SIZE) {
        this.#wire().write(bytes, from, to);
        return;
      }
    }
    this.#bytes ??= take();
    bytes.copy(this.#bytes, this.#length, from, to);
    this.#length += n;
    this.#schedule();
  }

  flush(): void {
    this.#scheduled = false;
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    const n = this.#length;
    this.#length = 0;
    this.#bytes = undefined;
    this.#wire().write(bytes, 0, n);
    if (spare.length < SPARE) spare.push(bytes);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }
}
