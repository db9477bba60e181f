// Hot.
import '../buffer.ts';
import { CR, LF } from './bytes.ts';

const NONE = Buffer.alloc(0);

/** The bytes of a head that may come in several pieces: `bytes[at, end)` is what there is of it. */
export class HeadPieces {
  bytes: Buffer = NONE;
  at = 0;
  end = 0;
  #kept: Buffer | undefined = undefined;
  /** End of the newest piece in its own buffer. */
  #to = 0;

  /** Nothing of a head has come. */
  get none(): boolean {
    return this.#kept === undefined;
  }

  /** Adds a piece; false where it holds nothing to parse yet. Empty lines before a head are read over (RFC 9112 §2.2). */
  add(bytes: Buffer, from: number, to: number): boolean {
    const kept = this.#kept;
    this.#to = to;
    if (kept === undefined) {
      this.bytes = bytes;
      this.at = from;
      this.end = to;
    } else {
      this.bytes = Buffer.concat([kept, bytes.subarray(from, to)]);
      this.at = 0;
      this.end = this.bytes.length;
      this.#kept = undefined;
    }
    while (this.at + 1 < this.end && this.bytes[this.at] === CR && this.bytes[this.at + 1] === LF) this.at += 2;
    if (this.at === this.end) return false;
    if (this.at + 1 < this.end || this.bytes[this.at] !== CR) return true;
    this.keep();
    return false;
  }

  /** The head is not whole: keeps what there is of it. */
  keep(): void {
    this.#kept = Buffer.from(this.bytes.subarray(this.at, this.end));
  }

  /** Where in the newest piece the head ends that ends at `index` of `bytes`: a head not whole before ends within it. */
  behind(index: number): number {
    return this.#to - (this.end - index);
  }
}
