// Hot for chunked bodies.
import { COLON, CR, HEX, HTAB, LF, SEMICOLON, SP, TOKEN, VALUE } from './bytes.ts';

const State = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailerStart: 6,
  trailerName: 7,
  trailerValue: 8,
  trailerLf: 9,
  lastLf: 10,
  blanks: 11,
} as const;

/** Largest trailer section taken, in bytes. */
const TRAILERS = 8192;
/** Largest extension of one chunk taken, in bytes. */
const EXTENSION = 1024;

/**
 * Takes chunked framing apart (RFC 9112 §7.1), strictly: CRLF only, at most 13 digits of size, no blanks around the
 * size but before an extension, extensions read over, trailers checked like header lines.
 *
 * `next` is called until `at` reaches the end of the bytes; between calls the object says what it stands at.
 */
export class ChunkScanner {
  /** Behind the last call: where scanning stopped. */
  at = 0;
  /** Trailer lines, complete once `done`. */
  trailers = '';
  done = false;
  #state: number = State.size;
  #left = 0;
  #digits = 0;
  #extension = 0;

  reset(): void {
    this.trailers = '';
    this.done = false;
    this.#state = State.size;
    this.#left = 0;
    this.#digits = 0;
    this.#extension = 0;
  }

  /**
   * Scans bytes[from, to) up to the next run of data. Gives the length of that run, which starts at `at`; 0 where
   * there is none in these bytes (all are read, or the body is `done` and ends at `at`); -1 where the framing is bad.
   */
  next(bytes: Buffer, from: number, to: number): number {
    let i = from;
    while (i < to) {
      if (this.#state === State.data) {
        const n = Math.min(this.#left, to - i);
        this.#left -= n;
        if (this.#left === 0) this.#state = State.dataCr;
        this.at = i;
        return n;
      }
      const c = bytes[i++] as number;
      if (!this.#step(c)) return -1;
      if (this.done) break;
    }
    this.at = i;
    return 0;
  }

  #step(c: number): boolean {
    switch (this.#state) {
      case State.size: {
        const digit = HEX[c] as number;
        if (digit !== 255) {
          this.#left = this.#left * 16 + digit;
          return ++this.#digits <= 13;
        }
        if (this.#digits === 0) return false;
        if (c === CR) this.#state = State.sizeLf;
        else if (c === SEMICOLON) this.#state = State.extension;
        else if (c === SP || c === HTAB) this.#state = State.blanks;
        else return false;
        return true;
      }
      case State.blanks:
        if (c === SEMICOLON) this.#state = State.extension;
        else if (c !== SP && c !== HTAB) return false;
        return ++this.#extension <= EXTENSION;
      case State.extension:
        if (c === CR) this.#state = State.sizeLf;
        else if (VALUE[c] !== 1) return false;
        return ++this.#extension <= EXTENSION;
      case State.sizeLf:
        this.#state = this.#left === 0 ? State.trailerStart : State.data;
        this.#digits = 0;
        this.#extension = 0;
        return c === LF;
      case State.dataCr:
        this.#state = State.dataLf;
        return c === CR;
      case State.dataLf:
        this.#state = State.size;
        return c === LF;
      default:
        return this.#trailer(c);
    }
  }

  #trailer(c: number): boolean {
    switch (this.#state) {
      case State.trailerStart:
        if (c === CR) {
          this.#state = State.lastLf;
          return true;
        }
        if (TOKEN[c] === 0) return false;
        this.#state = State.trailerName;
        break;
      case State.trailerName:
        if (c === COLON) this.#state = State.trailerValue;
        else if (TOKEN[c] === 0) return false;
        break;
      case State.trailerValue:
        if (c === CR) this.#state = State.trailerLf;
        else if (VALUE[c] !== 1) return false;
        break;
      case State.trailerLf:
        if (c !== LF) return false;
        this.#state = State.trailerStart;
        break;
      default:
        this.done = true;
        return c === LF;
    }
    this.trailers += String.fromCharCode(c);
    return this.trailers.length <= TRAILERS;
  }
}
