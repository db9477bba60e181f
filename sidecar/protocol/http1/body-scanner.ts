// Hot.
import { ChunkScanner } from './chunked.ts';
import { CHUNKED, UNKNOWN } from './parse-head.ts';

const NOTHING = Buffer.alloc(0);

/**
 * Finds the bytes of a body in what frames it: a count, chunks, or the end of the connection (RFC 9112 §6.3). It can
 * gather a counted body, or collect one of any length, too.
 */
export class BodyScanner {
  /** Behind a call of `next`: where the run it found starts. */
  at = 0;
  /** The body is complete. */
  done = false;
  /** The gathered body, whole once `done`; undefined where it is streamed. */
  whole: Buffer | undefined = undefined;
  /** Why `next` gave -1: the body has grown over what may be collected. */
  tooLarge = false;
  #left = 0;
  #gathered = 0;
  #chunked = false;
  #pieces: Buffer[] | undefined = undefined;
  #limit = 0;
  #chunks: ChunkScanner | undefined = undefined;

  /** `length` bytes are to come, or CHUNKED, or UNKNOWN: until the connection ends. */
  start(length: number): void {
    this.done = false;
    this.whole = undefined;
    this.#pieces = undefined;
    this.tooLarge = false;
    this.#left = length === UNKNOWN ? Number.POSITIVE_INFINITY : length;
    this.#chunked = length === CHUNKED;
    if (!this.#chunked) return;
    this.#chunks ??= new ChunkScanner();
    this.#chunks.reset();
  }

  /** `length` bytes are to come, and to be kept together. */
  gather(length: number): void {
    this.start(length);
    this.whole = Buffer.allocUnsafe(length);
    this.#gathered = 0;
  }

  /** A body of unknown length is to come, and to be kept together, up to `limit` bytes. */
  collect(length: number, limit: number): void {
    this.start(length);
    this.whole = NOTHING;
    this.#pieces = [];
    this.#limit = limit;
    this.#gathered = 0;
  }

  /** The connection has ended, and with it a body that lasts until then. */
  end(): void {
    this.done = true;
    if (this.#pieces !== undefined) this.whole = Buffer.concat(this.#pieces);
  }

  /** Trailer lines of a chunked body that is `done`. */
  get trailers(): string {
    return this.#chunked ? (this.#chunks as ChunkScanner).trailers : '';
  }

  get untilClose(): boolean {
    return this.#left === Number.POSITIVE_INFINITY;
  }

  /**
   * The length of the next run of body bytes in bytes[from, to), which starts at `at`; 0 where there is none to pass
   * on, all up to `at` being read; -1 where the framing is bad.
   */
  next(bytes: Buffer, from: number, to: number): number {
    if (this.#chunked) {
      const chunks = this.#chunks as ChunkScanner;
      const n = chunks.next(bytes, from, to);
      this.at = chunks.at;
      this.done = chunks.done;
      return this.#pieces === undefined || n < 0 ? n : this.#keep(this.#pieces, bytes, n);
    }
    const n = Math.min(this.#left, to - from);
    this.#left -= n;
    this.done = this.#left === 0;
    this.at = from;
    if (this.#pieces !== undefined) return this.#keep(this.#pieces, bytes, n);
    if (this.whole === undefined) return n;
    bytes.copy(this.whole, this.#gathered, from, from + n);
    this.#gathered += n;
    this.at = from + n;
    return 0;
  }

  #keep(pieces: Buffer[], bytes: Buffer, n: number): number {
    this.#gathered += n;
    if (this.#gathered > this.#limit) {
      this.tooLarge = true;
      return -1;
    }
    if (n > 0) pieces.push(Buffer.from(bytes.subarray(this.at, this.at + n)));
    this.at += n;
    if (this.done) this.end();
    return 0;
  }
}
