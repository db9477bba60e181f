// Hot.
import type { Entry } from './static-table.ts';

/**
 * The fields of a head as a block of lines. Callers send much the same fields with every head, and HPACK tells the same
 * field by the same entry of its table: a head with the entries of the last one gets the very string of the last one,
 * which need not be put together, nor be taken apart anew by whoever remembers it.
 */
export class LastLines {
  readonly #entries: Entry[] = [];
  #text = '';
  #first = '';
  #count = 0;
  #same = false;
  #total = 0;

  /** Another head. */
  begin(): void {
    this.#count = 0;
    this.#same = true;
  }

  get count(): number {
    return this.#count;
  }

  add(entry: Entry): void {
    const at = this.#count++;
    if (this.#entries[at] === entry) return;
    this.#entries[at] = entry;
    this.#same = false;
  }

  /** All lines, with `first` before them. */
  lines(first: string): string {
    if (this.#same && this.#count === this.#total && first === this.#first) return this.#text;
    this.#entries.length = this.#count;
    this.#total = this.#count;
    this.#first = first;
    this.#text = first + this.#joined(0, this.#count);
    return this.#text;
  }

  /** All lines, with `first` before them and one more before the one at `at`. */
  with(first: string, line: string, at: number): string {
    this.#total = -1;
    return first + this.#joined(0, at) + line + this.#joined(at, this.#count);
  }

  #joined(from: number, to: number): string {
    let out = '';
    for (let i = from; i < to; i++) out += (this.#entries[i] as Entry).line;
    return out;
  }
}
