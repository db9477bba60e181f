// Hot.
import '../buffer.ts';
import { TABLE } from './frame.ts';
import { huffmanDecode } from './huffman.ts';
import { type Entry, entry, staticTable } from './static-table.ts';

/** In the place of an evicted entry, so that it keeps no memory. */
const evicted = entry('', '');

/**
 * Decodes header blocks (RFC 7541). One decoder a connection: the dynamic table lives from block to block, so every
 * block must be decoded, even one that nobody wants.
 */
export class HpackDecoder {
  readonly #dynamic: Entry[] = [];
  /** Entries before this index of #dynamic are evicted. The newest is last. */
  #first = 0;
  #size = 0;
  #limit = TABLE;
  #at = 0;

  /**
   * Adds the fields of a block to `fields`, in order, as long as they come to no more than `limit`; gives what all of
   * them come to, references in full, or -1 where the block is malformed (COMPRESSION_ERROR for the connection).
   */
  decode(bytes: Buffer, from: number, to: number, fields: Entry[], limit: number): number {
    let first = true;
    let size = 0;
    let i = from;
    while (i < to) {
      const byte = bytes[i] as number;
      let found: Entry | undefined;
      if ((byte & 0x80) !== 0) {
        const index = this.#integer(bytes, i, to, 0x7f);
        if (index <= 0) return -1;
        found = this.#entry(index);
        if (found === undefined) return -1;
      } else if ((byte & 0xe0) === 0x20) {
        // A change of the table's size may only stand at the start of a block (RFC 7541 §4.2).
        const size = this.#integer(bytes, i, to, 0x1f);
        if (size < 0 || size > TABLE || !first) return -1;
        this.#limit = size;
        this.#evict();
        i = this.#at;
        continue;
      } else {
        const indexed = (byte & 0x40) !== 0;
        found = this.#literal(bytes, i, to, indexed ? 0x3f : 0x0f);
        if (found === undefined) return -1;
        if (indexed) this.#add(found);
      }
      i = this.#at;
      first = false;
      size += found.size;
      if (size <= limit) fields.push(found);
    }
    return size;
  }

  #literal(bytes: Buffer, at: number, to: number, mask: number): Entry | undefined {
    const index = this.#integer(bytes, at, to, mask);
    if (index < 0) return undefined;
    const name = index === 0 ? this.#string(bytes, to) : this.#entry(index)?.name;
    if (name === undefined) return undefined;
    const value = this.#string(bytes, to);
    return value === undefined ? undefined : entry(name, value);
  }

  /** RFC 7541 §5.1, at most 2^28; leaves #at behind it; -1 where it is too long or cut off. */
  #integer(bytes: Buffer, at: number, to: number, mask: number): number {
    let value = (bytes[at] as number) & mask;
    let i = at + 1;
    if (value === mask) {
      let shift = 0;
      for (;;) {
        if (i >= to || shift > 21) return -1;
        const byte = bytes[i++] as number;
        value += (byte & 0x7f) << shift;
        if ((byte & 0x80) === 0) break;
        shift += 7;
      }
    }
    this.#at = i;
    return value;
  }

  #string(bytes: Buffer, to: number): string | undefined {
    const at = this.#at;
    if (at >= to) return undefined;
    const coded = ((bytes[at] as number) & 0x80) !== 0;
    const length = this.#integer(bytes, at, to, 0x7f);
    const start = this.#at;
    if (length < 0 || length > to - start) return undefined;
    this.#at = start + length;
    return coded ? huffmanDecode(bytes, start, start + length) : bytes.latin1Slice(start, start + length);
  }

  #entry(index: number): Entry | undefined {
    if (index <= staticTable.length) return staticTable[index - 1];
    const at = this.#dynamic.length - (index - staticTable.length);
    return at < this.#first ? undefined : this.#dynamic[at];
  }

  #add(added: Entry): void {
    this.#dynamic.push(added);
    this.#size += added.size;
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#limit) {
      this.#size -= (this.#dynamic[this.#first] as Entry).size;
      this.#dynamic[this.#first] = evicted;
      this.#first += 1;
    }
    if (this.#first > 256) {
      this.#dynamic.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
